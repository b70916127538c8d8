package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.chat.ChatMessage;
import dev.pargo.models.chat.ChatTemplate;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.family.FamilyCase;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Prompts of published models against transformers. */
class PublishedPromptTest {

    /** Their turns are not alike: with a picture or before an answer they are written otherwise. */
    private static final Set<String> IRREGULAR = Set.of("llava_onevision", "smolvlm");

    /** Their tokenizers put a space before a text's first word, which depends on what stands before the text. */
    private static final Set<String> SPACED = Set.of("llava_vicuna_clip", "llava_next_vicuna", "llava_next_mistral");

    @TestFactory
    Stream<DynamicTest> aTemplateIsExecutedAsByTransformers() {
        return cases((folder, fixture) -> {
            ChatTemplate template = directory(folder).template().orElseThrow();
            assertThat(template.render(fixture.messages())).isEqualTo(fixture.prompt());
        });
    }

    @TestFactory
    Stream<DynamicTest> aPromptsIdsEqualTheProcessors() {
        return cases((folder, fixture) -> {
            if (!SPACED.contains(folder.getFileName().toString())) {
                assertThat(ids(folder, fixture)).isEqualTo(fixture.inputIds());
            }
        });
    }

    private interface Check {
        void check(Path folder, FamilyCase fixture) throws IOException;
    }

    private static Stream<DynamicTest> cases(Check check) {
        return FamilyCase.models().stream()
                .flatMap(folder -> FamilyCase.of(folder).stream()
                        .map(fixture -> DynamicTest.dynamicTest(
                                folder.getFileName() + " " + fixture.name(), () -> check.check(folder, fixture))));
    }

    private static HuggingFaceDirectory directory(Path folder) {
        return HuggingFaceDirectory.open(folder.resolve("model"));
    }

    /** The prompt with its pictures written as the model wants them; a visual token counts as its placeholder's id. */
    private static int[] ids(Path folder, FamilyCase fixture) throws IOException {
        PublishedModel model = directory(folder).model();
        Iterator<PictureLayout> pictures = visualLayouts(model, fixture).iterator();
        String placeholder = model.notation().placeholder();
        StringBuilder text = new StringBuilder();
        String[] between = fixture.prompt().split(Pattern.quote(placeholder), -1);
        for (int i = 0; i < between.length; i++) {
            text.append(between[i]);
            if (i < between.length - 1) {
                model.notation().write(pictures.next()).forEach(part -> text.append(written(part)));
            }
        }
        int visualToken = fixture.placeholderId();
        try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("model"))) {
            List<Integer> ids = new ArrayList<>();
            Matcher word = Pattern.compile(VISUAL + "|"
                            + tokenizer.controlTokens().stream()
                                    .map(Pattern::quote)
                                    .collect(Collectors.joining("|")))
                    .matcher(text);
            int at = 0;
            while (word.find()) {
                add(ids, tokenizer.encode(text.substring(at, word.start())));
                ids.add(
                        word.group().equals(VISUAL)
                                ? visualToken
                                : tokenizer.controlToken(word.group()).orElseThrow());
                at = word.end();
            }
            add(ids, tokenizer.encode(text.substring(at)));
            return ids.stream().mapToInt(id -> id).toArray();
        }
    }

    private static final String VISUAL = "\uE000";

    private static String written(PictureNotation.Part part) {
        return part instanceof PictureNotation.Run run
                ? String.join("", Collections.nCopies(run.grid().cells(), VISUAL))
                : ((PictureNotation.Text) part).text();
    }

    private static void add(List<Integer> ids, int[] more) {
        for (int id : more) {
            ids.add(id);
        }
    }

    private static List<PictureLayout> visualLayouts(PublishedModel model, FamilyCase fixture) throws IOException {
        ImageCutter cutter = model.pictures();
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), cutter.convention());
        boolean alone = fixture.images().size() == 1;
        List<PictureLayout> layouts = new ArrayList<>();
        for (Path image : fixture.images()) {
            var decoded = decoder.decode(Files.readAllBytes(image));
            PictureLayout pixels = cutter.layout(decoded.width(), decoded.height(), alone);
            layouts.add(
                    model.projector().config().layout(model.vision().config().layout(pixels)));
        }
        return layouts;
    }

    @TestFactory
    Stream<DynamicTest> aTemplateOfEqualTurnsIsCutIntoItsParts() {
        return FamilyCase.models().stream()
                .filter(folder -> !IRREGULAR.contains(folder.getFileName().toString()))
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                    Prompt prompt = ModelBundle.read(folder.resolve("model")).prompt();
                    FamilyCase lone = FamilyCase.of(folder).get(0);
                    String instructions = prompt.system().isEmpty()
                            ? ""
                            : prompt.systemTemplate().replace("{system}", prompt.system());
                    String turn = prompt.template().replace("{question}", "What is this?");
                    assertThat(prompt.bosToken() + instructions + turn.replace("{system}", ""))
                            .isEqualTo(lone.prompt());
                }));
    }

    @TestFactory
    Stream<DynamicTest> aTemplateOfUnequalTurnsIsRefused() {
        return FamilyCase.models().stream()
                .filter(folder -> IRREGULAR.contains(folder.getFileName().toString()))
                .map(folder -> DynamicTest.dynamicTest(
                        folder.getFileName().toString(),
                        () -> assertThatThrownBy(() -> ModelBundle.read(folder.resolve("model"))
                                        .prompt())
                                .isInstanceOf(ConfigException.class)
                                .hasMessageContaining("equal turns")));
    }

    @Test
    void aTemplateCannotReachWhatItIsNotGiven() {
        for (String program : List.of(
                "{{ messages.getClass().getName() }}",
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
                "{{ raise_exception('no') }}",
                "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}")) {
            ChatTemplate template = new ChatTemplate("test", program, Map.of());
            assertThatThrownBy(() -> template.render(List.of(ChatMessage.text("user", "hello"))))
                    .as(program)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("the chat template cannot write a conversation");
        }
    }
}
