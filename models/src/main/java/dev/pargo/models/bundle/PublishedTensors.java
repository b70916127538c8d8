package dev.pargo.models.bundle;

import dev.pargo.models.weights.Checkpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of a multimodal model, divided by part and renamed to one naming. Versions of transformers use different prefixes:
 * {@code language_model.model.norm.weight} in one is {@code model.language_model.norm.weight} in another.
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

    /** The decoder's tensors, with the prefixes {@code model.} and {@code lm_head.} that a text-only model has. */
    Checkpoint llm() {
        return all.filter(name -> LLM.matcher(name).matches()).rename(PublishedTensors::decoderName);
    }

    /** The name that a text-only decoder's directory uses for a tensor of a multimodal model. */
    static String decoderName(String name) {
        Matcher matcher = LLM.matcher(name);
        if (!matcher.matches() || matcher.group("output") != null) {
            return name;
        }
        String rest = matcher.group("rest") != null ? matcher.group("rest") : matcher.group("plain");
        boolean isOutput = rest.startsWith("lm_head.") || rest.startsWith("output.");
        return isOutput ? rest : "model." + rest;
    }

    /** The vision encoder's tensors, without prefix. */
    Checkpoint vision() {
        return part(VISION).filter(name -> !name.matches("(merger|deepstack_merger_list)\\..*"));
    }

    /** The projector's tensors; their names begin with the projector's published name. */
    Checkpoint projector() {
        return part(PROJECTOR);
    }

    /** The tensors of a projector that was published as part of the vision encoder. */
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
