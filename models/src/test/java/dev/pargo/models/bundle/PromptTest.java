package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.Written;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTest {

    @TempDir
    private Path directory;

    /** A bundle whose LLM has the given architecture and control tokens. */
    private ModelBundle bundle(String family, String prompt, String... controlTokens) throws IOException {
        Path llm = Files.createDirectories(directory.resolve("llm"));
        Files.writeString(llm.resolve("config.json"), "{\"model_type\": \"%s\"}".formatted(family));
        Files.writeString(llm.resolve("model.safetensors"), "\u0002\0\0\0\0\0\0\0{}");
        Files.writeString(llm.resolve("tokenizer.json"), """
                {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "decoder": {"type": "Fuse"},
                 "added_tokens": [%s]}""".formatted(IntStream.range(0, controlTokens.length)
                .mapToObj(i -> "{\"id\": %d, \"content\": \"%s\", \"special\": true, \"single_word\": false, "
                                .formatted(i + 1, controlTokens[i])
                        + "\"lstrip\": false, \"rstrip\": false, \"normalized\": false}")
                .collect(Collectors.joining(","))));
        return ModelBundle.read(
                Files.writeString(directory.resolve("bundle.json"), """
                {"name": "x", "vision": {}, "projector": {}, "llm": {"dir": "llm"} %s}""".formatted(prompt.replace('\'', '"'))));
    }

    /** A question about a picture, as the bundle's model reads it. */
    private static String question(ModelBundle bundle) {
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            return Written.of(bundle.promptFormat(tokenizer), Dialogue.of(DialogueMessage.question("What?")));
        }
    }

    private static String origin(ModelBundle bundle) {
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            return bundle.promptFormat(tokenizer).origin();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama,     <s> </s>,                                              vicuna,         (<s>)A chat",
        "mistral,   <s> </s>,                                              mistral,        (<s>)[INST] [0]",
        "llama,     <|start_header_id|> <|begin_of_text|> <|eot_id|>,      llama-3,        (<|begin_of_text|>)(<|start_h",
        "llama,     <|im_start|> <|im_end|>,                               qwen2,          (<|im_start|>)system",
        "qwen2,     <|im_start|> <|im_end|>,                               qwen2,          (<|im_start|>)system",
        "internlm2, <|im_start|> <|im_end|> <s>,                           internlm2-chat, (<s>)(<|im_start|>)user",
        "internlm2, <s> </s>,                                              vicuna,         (<s>)A chat",
    })
    void aModelWithoutATemplateIsAskedAsItsFamilyIs(String family, String tokens, String format, String opening)
            throws IOException {
        ModelBundle bundle = bundle(family, "", tokens.split(" "));

        assertThat(question(bundle)).startsWith(opening).contains("[0]\nWhat?");
        assertThat(origin(bundle))
                .isEqualTo("the format %s of the decoder's family, because there is no chat template", format);
    }

    @Test
    void aManifestMayNameTheFormatAndChangeIt() throws IOException {
        ModelBundle bundle =
                bundle("qwen2", ", 'prompt': {'format': 'qwen2', 'system': 'Be brief.'}", "<|im_start|>", "<|im_end|>");

        assertThat(question(bundle)).startsWith("(<|im_start|>)system\nBe brief.(<|im_end|>)");
        assertThat(origin(bundle)).isEqualTo("qwen2, named in the manifest");
        assertThatThrownBy(() -> question(bundle("llama", ", 'prompt': {'format': 'alpaca'}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "unknown prompt.format 'alpaca'; known: vicuna, llama-2, llama-3, qwen2, internlm2");
    }

    @Test
    void aModelWithAChatTemplateIsAskedAsThatWrites() throws IOException {
        ModelBundle bundle = bundle("llama", "", "<s>");
        Path tokenizer = directory.resolve("llm/tokenizer_config.json");
        Files.writeString(
                tokenizer,
                "{\"bos_token\": \"<s>\", \"chat_template\": \"{{ bos_token + '[INST] ' + messages[0]['content'].strip() + ' [/INST]' }}\"}");

        assertThat(question(bundle)).isEqualTo("(<s>)[INST] [0]\nWhat? [/INST]");
        assertThat(origin(bundle)).isEqualTo("chat_template of tokenizer_config.json");
        Files.writeString(directory.resolve("llm/chat_template.jinja"), "Q: {{ messages[0].content }} A:\n");
        assertThat(question(bundle)).isEqualTo("Q: [0]\nWhat? A:");
        assertThat(origin(bundle)).isEqualTo("chat_template.jinja");
    }

    @Test
    void aTemplateMayNameAnySpecialTokenOfTheTokenizer() throws IOException {
        ModelBundle bundle = bundle("llama", "", "<s>", "<t>", "<i>");
        Files.writeString(directory.resolve("llm/tokenizer_config.json"), """
                {"bos_token": {"content": "<s>"}, "add_bos_token": true, "image_token": "<i>",
                 "extra_special_tokens": {"turn_token": "<t>"},
                 "chat_template": "{{ bos_token + turn_token + image_token + messages[0].content }}"}""");

        assertThat(question(bundle)).isEqualTo("(<s>)(<t>)(<i>)[0]\nWhat?");
    }

    @Test
    void aTemplateThatCannotBeExecutedIsRefusedAtTheStart() throws IOException {
        ModelBundle bundle = bundle("llama", "", "<s>");
        Files.writeString(directory.resolve("llm/chat_template.jinja"), "{{ messages[0].content | unknown_filter }}");

        assertThatThrownBy(() -> question(bundle))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("chat_template.jinja: the chat template cannot write a question");
    }

    @Test
    void partsOfAFormatNeedTheFormatWhereThereIsATemplate() throws IOException {
        ModelBundle bundle = bundle("llama", ", 'prompt': {'system': 'Be brief.'}", "<s>");
        Files.writeString(directory.resolve("llm/chat_template.jinja"), "{{ messages[0].content }}");

        assertThatThrownBy(() -> question(bundle))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("prompt needs a template or a format");
    }

    @Test
    void aTemplateOfItsOwnIsOpenedAndClosedAsTheTokenizerSays() throws IOException {
        ModelBundle bundle = bundle(
                "llama", ", 'prompt': {'template': '<ImageHere>{question}'}", "<s>", "</s>", "<|begin|>", "<|eot|>");
        assertThat(Written.example(bundle)).startsWith("(<s>)Be brief.").contains("A dog.(</s>)");
        Path tokenizer = directory.resolve("llm/tokenizer_config.json");
        Files.writeString(tokenizer, "{\"bos_token\": \"<|begin|>\", \"eos_token\": {\"content\": \"<|eot|>\"}}");
        assertThat(Written.example(bundle)).startsWith("(<|begin|>)Be brief.").contains("A dog.(<|eot|>)");
        Files.writeString(tokenizer, "{\"bos_token\": null}");
        assertThat(Written.example(bundle)).startsWith("Be brief.").contains("A dog.(</s>)");
    }

    /** [INST] is a control token of some of Mistral's tokenizers only. */
    @Test
    void wordsThatAreControlTokensOfTheTokenizerMeanThose() throws IOException {
        assertThat(question(bundle("mistral", "", "<s>", "</s>"))).isEqualTo("(<s>)[INST] [0]\nWhat? [/INST]");
        assertThat(question(bundle("mistral", "", "<s>", "</s>", "[INST]", "[/INST]")))
                .isEqualTo("(<s>)([INST]) [0]\nWhat? ([/INST])");
    }

    @Test
    void aPromptThatTheTokenizerCannotOpenIsRefused() throws IOException {
        ModelBundle bundle = bundle("llama", ", 'prompt': {'format': 'llama-3'}", "<s>", "</s>");
        assertThatThrownBy(() -> question(bundle))
                .isInstanceOf(ConfigException.class)
                .hasMessage("the prompt's '<|begin_of_text|>' is not a control token of the tokenizer");
    }

    @Test
    void everyFormatHasPlacesForImageQuestionInstructionsAndAnswer() {
        assertThat(List.of(ChatFormat.values())).hasSize(6);
        Arrays.stream(ChatFormat.values()).map(ChatFormat::turns).forEach(turns -> {
            assertThat(turns.template()).containsSubsequence("<ImageHere>", "{question}");
            assertThat(turns.systemTemplate()).contains("{system}");
            assertThat(turns.answerTemplate()).contains("{answer}").contains(turns.eosToken());
        });
    }
}
