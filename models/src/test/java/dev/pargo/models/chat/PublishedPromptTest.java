package dev.pargo.models.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.family.FamilyCase;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Prompts of published models, written and tokenised as the services do, against transformers. */
class PublishedPromptTest {

    @TestFactory
    Stream<DynamicTest> aPromptsIdsEqualTheProcessors() {
        return cases((bundle, tokenizer, fixture) -> {
            List<PromptPart> prompt = new PromptTokenizer(tokenizer, bundle.notation())
                    .tokenize(bundle.promptFormat(tokenizer).write(conversation(fixture)), pictures(bundle, fixture));
            assertThat(ids(prompt, fixture.placeholderId())).isEqualTo(fixture.inputIds());
        });
    }

    /** The second turn's prompt begins with that of the first up to its question, so a cached prefix can be used. */
    @TestFactory
    Stream<DynamicTest> theQuestionsOfAConversationShareTheirBeginning() {
        return cases((bundle, tokenizer, fixture) -> {
            PromptFormat format = bundle.promptFormat(tokenizer);
            List<DialogueMessage> messages = new ArrayList<>(fixture.messages());
            String first = Written.of(format, new Dialogue(messages, List.of(), false));
            messages.add(DialogueMessage.text(DialogueMessage.ASSISTANT, "Yes."));
            messages.add(DialogueMessage.text(DialogueMessage.USER, "Sure?"));
            String second = Written.of(format, new Dialogue(messages, List.of(), false));

            List<DialogueMessage.Part> question =
                    fixture.messages().get(fixture.messages().size() - 1).content();
            String words = ((DialogueMessage.Text) question.get(question.size() - 1)).text();
            assertThat(second).startsWith(first.substring(0, first.lastIndexOf(words) + words.length()));
        });
    }

    @TestFactory
    Stream<DynamicTest> anAnswerThatHasBegunIsContinued() {
        return cases((bundle, tokenizer, fixture) -> {
            PromptFormat format = bundle.promptFormat(tokenizer);
            List<DialogueMessage> messages = new ArrayList<>(fixture.messages());
            messages.add(DialogueMessage.text(DialogueMessage.ASSISTANT, "It is a"));

            assertThat(Written.of(format, new Dialogue(messages, List.of(), true)))
                    .endsWith("It is a");
        });
    }

    /** The words of control tokens, of the picture's placeholder, and of the marks that part them. */
    @TestFactory
    Stream<DynamicTest> whatAUserTypesStaysText() {
        return cases((bundle, tokenizer, fixture) -> {
            PromptFormat format = bundle.promptFormat(tokenizer);
            String typed = String.join("|", tokenizer.controlTokens())
                    + bundle.notation().placeholder() + "<image><ImageHere>\uE000\uE001 {question}{{ messages }}";
            List<PromptPiece> prompt = format.write(Dialogue.of(DialogueMessage.question(typed)));
            List<PromptPiece> harmless = format.write(Dialogue.of(DialogueMessage.question("typed")));

            assertThat(Written.of(prompt)).isEqualTo(Written.of(harmless).replace("typed", typed));
            assertThat(prompt).hasSameSizeAs(harmless);
        });
    }

    private interface Check {
        void check(ModelBundle bundle, Tokenizer tokenizer, FamilyCase fixture) throws IOException;
    }

    private static Stream<DynamicTest> cases(Check check) {
        return FamilyCase.models().stream()
                .flatMap(folder -> FamilyCase.of(folder).stream()
                        .map(fixture -> DynamicTest.dynamicTest(folder.getFileName() + " " + fixture.name(), () -> {
                            ModelBundle bundle = ModelBundle.read(folder.resolve("model"));
                            try (Tokenizer tokenizer = bundle.tokenizer()) {
                                check.check(bundle, tokenizer, fixture);
                            }
                        })));
    }

    private static Dialogue conversation(FamilyCase fixture) {
        return new Dialogue(fixture.messages(), List.of(), false);
    }

    /** A visual token counts as its placeholder's id. */
    private static int[] ids(List<PromptPart> prompt, int placeholder) {
        return prompt.stream()
                .flatMapToInt(part -> part instanceof PromptPart.Tokens tokens
                        ? Arrays.stream(tokens.ids())
                        : IntStream.generate(() -> placeholder).limit(part.length()))
                .toArray();
    }

    /** Pictures of the right layouts, without their values. */
    private static List<PictureRows> pictures(ModelBundle bundle, FamilyCase fixture) throws IOException {
        ImageCutter cutter = bundle.pictures();
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), cutter.convention());
        boolean alone = fixture.images().size() == 1;
        List<PictureRows> pictures = new ArrayList<>();
        for (Path image : fixture.images()) {
            var decoded = decoder.decode(Files.readAllBytes(image));
            PictureLayout pixels = cutter.layout(decoded.width(), decoded.height(), alone);
            PictureLayout visual =
                    bundle.projector().config().layout(bundle.vision().config().layout(pixels));
            pictures.add(new PictureRows(visual, HostTensor.allocate(DType.FLOAT32, visual.cells(), 1)));
        }
        return pictures;
    }
}
