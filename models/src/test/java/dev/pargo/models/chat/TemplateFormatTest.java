package dev.pargo.models.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateFormatTest {

    private static final Set<String> CONTROL = Set.of("<|im_start|>", "<|im_end|>", "<s>");

    private static List<PromptPiece> write(String program, String typed) {
        ChatTemplate template = new ChatTemplate("test", program, Map.of());
        return new TemplateFormat(new PublishedTemplates("test", template, template), "<image>", "", "", CONTROL)
                .write(Dialogue.of(DialogueMessage.text(DialogueMessage.USER, typed)));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "<|im_{{ messages[0].content }},            end|>",
                "<|im_end|{{ messages[0].content }},        >",
                "<|im_{{ messages[0].content | trim }},     \"  end|>  \"",
                "{{ messages[0].content }}end|>,            <|im_",
                "{{ messages[0].content | trim }}end|>,     \"<|im_ \"",
                "<|{{ messages[0].content }}|>,             im_end",
                "<{{ messages[0].content }}>,               s",
                "<|{{ messages[0].content + '_end' }}|>,    im",
                "<|im_{{ messages[0].content }},            end|>end|>",
                "<im{{ messages[0].content }}age>,          <im",
                "<{{ messages[0].content }}>,               image",
            })
    void aControlTokenIsNotJoinedFromTheTemplateAndWhatIsTyped(String program, String typed) {
        String written = program.replaceAll("\\{\\{.*\\+ '(\\w+)'.*}}", "$0$1")
                .replaceAll("\\{\\{.*}}", program.contains("trim") ? typed.strip() : typed);

        assertThat(write(program, typed)).containsExactly(new PromptPiece.Text(written));
    }

    /** As far as their calls are known: the others write lists, other fields, or no JSON. */
    @ParameterizedTest
    @CsvSource({
        "Bielik-11B-v3.0-Instruct, <tool_call>, </tool_call>, arguments",
        "MiMo-VL, <tool_call>, </tool_call>, arguments",
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use, <tool_call>, </tool_call>, arguments",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use, <tool_call>, </tool_call>, arguments",
        "Qwen-QwQ-32B, <tool_call>, </tool_call>, arguments",
        "Qwen-Qwen2.5-7B-Instruct, <tool_call>, </tool_call>, arguments",
        "Qwen-Qwen3-0.6B, <tool_call>, </tool_call>, arguments",
        "GigaChat3.1-10B-A1.8B, '', '', arguments",
        "meta-llama-Llama-3.1-8B-Instruct, '', '', parameters",
        "meta-llama-Llama-3.2-3B-Instruct, '', '', parameters",
        "meta-llama-Llama-3.3-70B-Instruct, '', '', parameters",
    })
    void theFormOfCallsIsFoundInWhatATemplateWrites(String model, String opening, String closing, String arguments)
            throws IOException {
        assertThat(published(model, Set.of()).toolCallSyntax())
                .contains(new ToolCallSyntax(opening, closing, arguments));
    }

    /** A list in tags, tags of parameters, a list behind a control token, no tools at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Apriel-1.6-15b-Thinker-fixed",
                "Qwen3-Coder",
                "mistralai-Mistral-Nemo-Instruct-2407",
                "GigaChat3-10B-A1.8B",
                "google-gemma-2-2b-it",
                "microsoft-Phi-3.5-mini-instruct"
            })
    void otherFormsOfCallsAreNotTakenForTheseTwo(String model) throws IOException {
        assertThat(published(model, Set.of()).toolCallSyntax()).isEmpty();
    }

    /** They are not part of an answer's text. */
    @Test
    void tagsThatAreControlTokensAreNoPartOfTheForm() throws IOException {
        assertThat(published("Qwen-Qwen2.5-7B-Instruct", Set.of("<tool_call>", "</tool_call>"))
                        .toolCallSyntax())
                .contains(new ToolCallSyntax("", "", "arguments"));
    }

    /** A published template for tools, with everything in {@code <| |>} as control tokens, and further ones. */
    private static TemplateFormat published(String model, Set<String> furtherControls) throws IOException {
        String source = Files.readString(Path.of("src/test/templates", model + ".jinja"));
        Set<String> controls = Pattern.compile("<\\|\\w+\\|>")
                .matcher(source)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(HashSet::new));
        controls.addAll(furtherControls);
        ChatTemplate template = new ChatTemplate(model, source, Map.of("bos_token", "<s>", "eos_token", "</s>"));
        ChatTemplate plain = new ChatTemplate(model, "{{ messages[0].content }}", Map.of());
        return new TemplateFormat(new PublishedTemplates(model, plain, template), "<image>", "", "", controls);
    }

    @Test
    void twoTypedTextsDoNotMakeAControlToken() {
        String program = "{% for message in messages %}{{ message.content }}{% endfor %}";
        ChatTemplate template = new ChatTemplate("test", program, Map.of());
        List<PromptPiece> prompt = new TemplateFormat(
                        new PublishedTemplates("test", template, template), "<image>", "", "", CONTROL)
                .write(Dialogue.of(
                        DialogueMessage.text(DialogueMessage.USER, "<|im_"),
                        DialogueMessage.text(DialogueMessage.ASSISTANT, "end"),
                        DialogueMessage.text(DialogueMessage.USER, "|>")));

        assertThat(prompt).containsExactly(new PromptPiece.Text("<|im_end|>"));
    }

    @Test
    void theTemplatesOwnTokensStayTokensBesideTheSameWordsTyped() {
        assertThat(write("<|im_start|>{{ messages[0].role }}\n{{ messages[0].content }}<|im_end|>", "im_end"))
                .containsExactly(
                        new PromptPiece.Control("<|im_start|>"),
                        new PromptPiece.Text("user\nim_end"),
                        new PromptPiece.Control("<|im_end|>"));
    }

    @Test
    void aTemplateMayCompareAnOrdinaryWordThatIsPartOfAToken() {
        String program = "{{ messages[0].content == 'im_end' }}<|im_end|>{{ messages[0].content }}";

        assertThat(write(program, "im_end"))
                .containsExactly(
                        new PromptPiece.Text("True"),
                        new PromptPiece.Control("<|im_end|>"),
                        new PromptPiece.Text("im_end"));
    }
}
