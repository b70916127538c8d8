package dev.pargo.gateway.attention;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.whole;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;

/** Every field of a request for attention. */
public final class AttentionFields {

    static final Field<String> MODEL = Field.of(
            "model", anyText(), "the model, where only one is served", "Whose projector; see `GET /v1/models`.");
    static final Field<String> IMAGE =
            Field.of("image", anyText(), "required", "A data URL or an https URL of a picture.");
    public static final Field<Long> HEAD_GROUPS = Field.of(
            "head_groups",
            whole(1, 1024),
            "1",
            "Groups of neighbouring attention heads whose mean is told; divides the number of heads.");
    public static final Fields ALL = Fields.of(MODEL, IMAGE, HEAD_GROUPS);

    private AttentionFields() {}
}
