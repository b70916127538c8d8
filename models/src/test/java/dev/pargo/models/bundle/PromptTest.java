package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @ParameterizedTest
    @CsvSource({
        "llama,      <s>,               USER: <ImageHere>",
        "mistral,    <s>,               [INST] {system}<ImageHere>",
        "llama,      <|start_header_id|>, <|start_header_id|>user<|end_header_id|>",
        "llama,      <|im_start|>,      <|im_start|>user",
        "qwen2,      <|im_start|>,      <|im_start|>user",
        "internlm2,  <|im_start|>,      <|im_start|>user",
        "internlm2,  <s>,               USER: <ImageHere>",
    })
    void aFamilyIsAskedInItsOwnWay(String family, String controlToken, String opening) throws IOException {
        Prompt prompt = bundle(family, "", controlToken).prompt();

        assertThat(prompt.template()).startsWith(opening).contains("<ImageHere>\n{question}");
        assertThat(prompt.bosToken())
                .isEqualTo(
                        controlToken.startsWith("<|im") && !family.equals("internlm2")
                                ? ""
                                : controlToken.startsWith("<|start") ? "<|begin_of_text|>" : "<s>");
    }

    @Test
    void aManifestMayNameTheFormatAndChangeIt() throws IOException {
        Prompt prompt = bundle("llama", ", 'prompt': {'format': 'llama-3', 'system': 'Be brief.'}")
                .prompt();

        assertThat(prompt.eosToken()).isEqualTo("<|eot_id|>");
        assertThat(prompt.system()).isEqualTo("Be brief.");
        assertThatThrownBy(() ->
                        bundle("llama", ", 'prompt': {'format': 'alpaca'}").prompt())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "unknown prompt.format 'alpaca'; known: vicuna, llama-2, llama-3, qwen2, internlm2");
    }

    /** Llama-2-chat's tokenizer has no control token that would tell. */
    @Test
    void aModelWithAChatTemplateIsAskedAsThatWrites() throws IOException {
        ModelBundle bundle = bundle("llama", "", "<s>");
        Path tokenizer = directory.resolve("llm/tokenizer_config.json");
        Files.writeString(tokenizer, "{\"chat_template\": \"{{ '[INST] <<SYS>>' }}\"}");
        assertThat(bundle.prompt()).isEqualTo(ChatFormat.LLAMA_2.prompt());
        Files.writeString(tokenizer, "{\"chat_template\": \"{{ '<start_of_turn>' }}\"}");
        assertThatThrownBy(bundle::prompt)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "the chat_template of llm's tokenizer_config.json writes none of the known formats"
                                + " (vicuna, llama-2, llama-3, qwen2, internlm2-chat, mistral); give prompt.format or");
    }

    @Test
    void aTemplateOfItsOwnHasTheReferencesRest() throws IOException {
        Prompt prompt = bundle("llama", ", 'prompt': {'template': 'Q <ImageHere> {question} A'}")
                .prompt();

        assertThat(prompt)
                .isEqualTo(new Prompt("Q <ImageHere> {question} A", "<ImageHere>", "<s>", "</s>", "", "", ""));
    }

    @Test
    void aTemplateOfItsOwnIsOpenedAndClosedAsTheTokenizerSays() throws IOException {
        ModelBundle bundle = bundle("llama", ", 'prompt': {'template': '<ImageHere>{question}'}");
        Path tokenizer = directory.resolve("llm/tokenizer_config.json");
        Files.writeString(
                tokenizer, "{\"bos_token\": \"<|begin_of_text|>\", \"eos_token\": {\"content\": \"<|eot_id|>\"}}");
        assertThat(bundle.prompt().bosToken()).isEqualTo("<|begin_of_text|>");
        assertThat(bundle.prompt().eosToken()).isEqualTo("<|eot_id|>");
        Files.writeString(tokenizer, "{\"bos_token\": null}");
        assertThat(bundle.prompt().bosToken()).isEmpty();
        assertThat(bundle.prompt().eosToken()).isEqualTo("</s>");
    }

    @Test
    void wordsThatAreControlTokensOfTheTokenizerMeanThose() throws IOException {
        ModelBundle qwen = bundle("qwen2", "", "<|endoftext|>", "<|im_start|>", "<|im_end|>");
        try (Tokenizer tokenizer = qwen.tokenizer()) {
            assertThat(qwen.prompt().controlTokens(tokenizer)).containsExactly("<|im_end|>", "<|im_start|>");
        }
        // [INST] is a control token of some of Mistral's tokenizers only.
        ModelBundle older = bundle("mistral", "", "<s>", "</s>");
        try (Tokenizer tokenizer = older.tokenizer()) {
            assertThat(older.prompt().controlTokens(tokenizer)).containsExactly("</s>");
        }
        ModelBundle newer = bundle("mistral", "", "<s>", "</s>", "[INST]", "[/INST]");
        try (Tokenizer tokenizer = newer.tokenizer()) {
            assertThat(newer.prompt().controlTokens(tokenizer)).containsExactly("</s>", "[/INST]", "[INST]");
        }
    }

    @Test
    void aPromptThatTheTokenizerCannotOpenIsRefused() throws IOException {
        ModelBundle bundle = bundle("llama", ", 'prompt': {'format': 'llama-3'}", "<s>", "</s>");
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            assertThatThrownBy(() -> bundle.prompt().controlTokens(tokenizer))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("the prompt's '<|begin_of_text|>' is not a control token of the tokenizer");
        }
    }

    @Test
    void everyFormatHasPlacesForImageQuestionInstructionsAndAnswer() {
        assertThat(List.of(ChatFormat.values())).hasSize(6);
        Arrays.stream(ChatFormat.values()).map(ChatFormat::prompt).forEach(prompt -> {
            assertThat(prompt.template()).containsSubsequence("<ImageHere>", "{question}");
            assertThat(prompt.systemTemplate()).contains("{system}");
            assertThat(prompt.answerTemplate()).contains("{answer}").contains(prompt.eosToken());
        });
    }
}
