package dev.pargo.models.bundle;

import dev.pargo.models.weights.Checkpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of a multimodal model by part, under one name for each. Versions of transformers differ in what they put before a
 * tensor's name: {@code language_model.model.norm.weight} is {@code model.language_model.norm.weight} elsewhere.
 */
record PublishedTensors(Checkpoint all) {

    private static final Pattern LLM =
            Pattern.compile("(?:model\\.)?(?:language_model|text_model)\\.(?:model\\.)?(?<rest>.*)"
                    + "|model\\.(?<plain>(?:embed_tokens|layers|norm)\\..*)|(?<output>lm_head\\..*)");
    private static final Pattern MERGER =
            Pattern.compile("(?:model\\.)?visual\\.(?<rest>(?:merger|deepstack_merger_list)\\..*)");
    private static final Pattern VISION =
            Pattern.compile("(?:model\\.)?(?:vision_tower|vision_model|visual)\\.(?:vision_model\\.)?(?<rest>.*)");
    private static final Pattern PROJECTOR =
            Pattern.compile("(?:model\\.)?(?<rest>(?:(?:multi_modal_projector|connector)\\.|image_newline$).*)");

    /** The decoder's, named {@code model.} and {@code lm_head.} as in a directory of its own. */
    Checkpoint llm() {
        return all.filter(name -> LLM.matcher(name).matches()).rename(PublishedTensors::decoderName);
    }

    /** The name in a decoder's own directory of what a multimodal model calls otherwise. */
    static String decoderName(String name) {
        Matcher matcher = LLM.matcher(name);
        if (!matcher.matches() || matcher.group("output") != null) {
            return name;
        }
        String rest = matcher.group("rest") != null ? matcher.group("rest") : matcher.group("plain");
        return rest.startsWith("lm_head.") ? rest : "model." + rest;
    }

    /** The vision encoder's, without prefix. */
    Checkpoint vision() {
        return part(VISION).filter(name -> !name.matches("(merger|deepstack_merger_list)\\..*"));
    }

    /** The projector's, beginning with its own name. */
    Checkpoint projector() {
        return part(PROJECTOR);
    }

    /** The tensors of a projector that is published as a part of the vision encoder. */
    Checkpoint merger() {
        return part(MERGER);
    }

    private Checkpoint part(Pattern names) {
        return all.filter(name -> names.matcher(name).matches()).rename(name -> {
            Matcher matcher = names.matcher(name);
            matcher.matches();
            return matcher.group("rest");
        });
    }
}
