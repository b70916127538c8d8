package dev.pargo.models.bundle;

import dev.pargo.models.chat.TurnTemplate;
import dev.pargo.models.llm.DecoderFamily;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The prompt formats of the model families. As in LLaVA, the image and a line feed come before the question. Sources: the {@code
 * chat_template} of the published tokenizers, and {@code conversation.py} of FastChat and LLaVA.
 */
enum ChatFormat {

    /** Vicuna 1.1 and LLaVA-1.5. */
    VICUNA(
            "USER: <ImageHere>\n{question} ASSISTANT:",
            "<s>",
            "</s>",
            "{system} ",
            "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, "
                    + "detailed, and polite answers to the user's questions.",
            " {answer}</s>"),

    LLAMA_2(
            "[INST] {system}<ImageHere>\n{question} [/INST]",
            "<s>",
            "</s>",
            "<<SYS>>\n{system}\n<</SYS>>\n\n",
            "",
            " {answer} </s><s>"),

    LLAMA_3(
            "<|start_header_id|>user<|end_header_id|>\n\n<ImageHere>\n{question}<|eot_id|>"
                    + "<|start_header_id|>assistant<|end_header_id|>\n\n",
            "<|begin_of_text|>",
            "<|eot_id|>",
            "<|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>",
            "",
            "{answer}<|eot_id|>"),

    /** ChatML in Qwen2's form. */
    QWEN2(
            Words.CHATML_TURN,
            "",
            Words.IM_END,
            Words.CHATML_SYSTEM,
            "You are a helpful assistant.",
            Words.CHATML_ANSWER),

    /** ChatML in InternLM2-chat's form. */
    INTERNLM2_CHAT(Words.CHATML_TURN, "<s>", Words.IM_END, Words.CHATML_SYSTEM, "", Words.CHATML_ANSWER),

    /** Mistral. The system instructions are part of the first question. */
    MISTRAL("[INST] {system}<ImageHere>\n{question} [/INST]", "<s>", "</s>", "{system}\n\n", "", "{answer}</s>");

    /** Templates that the two ChatML formats share. */
    private static final class Words {
        private static final String IM_START = "<|im_start|>";
        private static final String IM_END = "<|im_end|>";
        private static final String CHATML_SYSTEM = IM_START + "system\n{system}" + IM_END + "\n";
        private static final String CHATML_TURN =
                IM_START + "user\n<ImageHere>\n{question}" + IM_END + "\n" + IM_START + "assistant\n";
        private static final String CHATML_ANSWER = "{answer}" + IM_END + "\n";
    }

    private static final String HEADER = "<|start_header_id|>";

    private final TurnTemplate turns;

    ChatFormat(
            String template,
            String bosToken,
            String eosToken,
            String systemTemplate,
            String system,
            String answerTemplate) {
        turns = new TurnTemplate(
                template, TurnTemplate.IMAGE_PLACEHOLDER, bosToken, eosToken, systemTemplate, system, answerTemplate);
    }

    TurnTemplate turns() {
        return turns;
    }

    /** The origin to show if the bundle names no format: the family's format. */
    String origin() {
        return "the format %s of the decoder's family, because there is no chat template".formatted(label());
    }

    /** The name in a manifest, e.g. {@code llama-3}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if the name is unknown; the message lists the known names */
    static ChatFormat named(String label) {
        return Arrays.stream(values())
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown prompt.format '%s'; known: %s".formatted(label, known())));
    }

    /** The format that a decoder was most likely trained with, judged by the control tokens in its tokenizer. */
    static ChatFormat of(DecoderFamily family, Tokenizer tokenizer) {
        if (tokenizer.controlToken(HEADER).isPresent()) {
            return LLAMA_3;
        }
        if (tokenizer.controlToken(Words.IM_START).isPresent()) {
            return chatMl(family);
        }
        return family == DecoderFamily.MISTRAL ? MISTRAL : VICUNA;
    }

    private static ChatFormat chatMl(DecoderFamily family) {
        return family == DecoderFamily.INTERNLM2 ? INTERNLM2_CHAT : QWEN2;
    }

    /** The names that manifests use, for error messages. */
    static String known() {
        return Arrays.stream(values()).map(ChatFormat::label).collect(Collectors.joining(", "));
    }
}
