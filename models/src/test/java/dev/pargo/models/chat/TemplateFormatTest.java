package dev.pargo.models.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateFormatTest {

    private static final Set<String> CONTROL = Set.of("<|im_start|>", "<|im_end|>", "<s>");

    private static List<PromptPiece> write(String program, String typed) {
        ChatTemplate template = new ChatTemplate("test", program, Map.of());
        return new TemplateFormat(new PublishedTemplates("test", template, template), "<image>", "", "", CONTROL)
                .write(Conversation.of(ChatMessage.text(ChatMessage.USER, typed)));
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

    @Test
    void twoTypedTextsDoNotMakeAControlToken() {
        String program = "{% for message in messages %}{{ message.content }}{% endfor %}";
        ChatTemplate template = new ChatTemplate("test", program, Map.of());
        List<PromptPiece> prompt = new TemplateFormat(
                        new PublishedTemplates("test", template, template), "<image>", "", "", CONTROL)
                .write(Conversation.of(
                        ChatMessage.text(ChatMessage.USER, "<|im_"),
                        ChatMessage.text(ChatMessage.ASSISTANT, "end"),
                        ChatMessage.text(ChatMessage.USER, "|>")));

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
