package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.chat.TurnTemplate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The formats against the output of the published programs for one conversation: transformers' {@code
 * apply_chat_template} (Jinja2 3.1.6 with {@code trim_blocks} and {@code lstrip_blocks}) on the {@code chat_template}
 * of meta-llama/Llama-2-7b-chat-hf, meta-llama/Meta-Llama-3-8B-Instruct, Qwen/Qwen2-7B-Instruct,
 * internlm/internlm2-chat-7b and mistralai/Mistral-7B-Instruct-v0.2, which has no system instructions; and FastChat's
 * {@code get_prompt} for vicuna_v1.1.
 */
class ChatFormatTest {

    private static final String VICUNAS = "A chat between a curious user and an artificial intelligence assistant. "
            + "The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private static String published(ChatFormat format) {
        return switch (format) {
            case VICUNA ->
                "<s>" + VICUNAS + " USER: Hello, how are you? ASSISTANT: I'm doing great.</s>USER: And now? ASSISTANT:";
            case LLAMA_2 -> "<s>[INST] Hello, how are you? [/INST] I'm doing great. </s><s>[INST] And now? [/INST]";
            case LLAMA_3 ->
                "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHello, how are you?<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\nI'm doing great.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nAnd now?<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n";
            case QWEN2 ->
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                        + "<|im_start|>user\nHello, how are you?<|im_end|>\n"
                        + "<|im_start|>assistant\nI'm doing great.<|im_end|>\n"
                        + "<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n";
            case INTERNLM2_CHAT ->
                "<s><|im_start|>user\nHello, how are you?<|im_end|>\n"
                        + "<|im_start|>assistant\nI'm doing great.<|im_end|>\n"
                        + "<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n";
            case MISTRAL -> "<s>[INST] Hello, how are you? [/INST]I'm doing great.</s>[INST] And now? [/INST]";
        };
    }

    private static String publishedWithInstructions(ChatFormat format) {
        return switch (format) {
            case VICUNA -> published(format).replace(VICUNAS, "Be brief.");
            case LLAMA_2 ->
                "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello, how are you? [/INST] I'm doing great. </s>"
                        + "<s>[INST] And now? [/INST]";
            case LLAMA_3 ->
                "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + published(format).substring("<|begin_of_text|>".length());
            case QWEN2 -> published(format).replace("You are a helpful assistant.", "Be brief.");
            case INTERNLM2_CHAT ->
                "<s><|im_start|>system\nBe brief.<|im_end|>\n"
                        + published(format).substring("<s>".length());
            case MISTRAL -> published(format).replaceFirst("Hello", "Be brief.\n\nHello");
        };
    }

    /** A conversation without pictures, built as {@link TurnTemplate} describes. */
    private static String written(ChatFormat format, String system) {
        TurnTemplate prompt = format.turns();
        String turn = prompt.template().replace("<ImageHere>\n", "");
        String instructions = system.isEmpty() ? "" : prompt.systemTemplate().replace("{system}", system);
        String first = turn.contains("{system}") ? turn.replace("{system}", instructions) : instructions + turn;
        return prompt.bosToken()
                + first.replace("{question}", "Hello, how are you?")
                + prompt.answerTemplate().replace("{answer}", "I'm doing great.")
                + turn.replace("{system}", "").replace("{question}", "And now?");
    }

    @ParameterizedTest
    @EnumSource
    void writesWhatThePublishedTemplateDoes(ChatFormat format) {
        assertThat(written(format, format.turns().system())).isEqualTo(published(format));
    }

    @ParameterizedTest
    @EnumSource
    void writesInstructionsWhereThePublishedTemplateDoes(ChatFormat format) {
        assertThat(written(format, "Be brief.")).isEqualTo(publishedWithInstructions(format));
    }
}
