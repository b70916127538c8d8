package dev.pargo.gateway.attention;

import dev.pargo.gateway.inference.CrossAttention;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cross-attention as JSON, written piece by piece because it may have millions of numbers: the grid of patches, the query
 * tokens with the patches that each may see, and by layer, group of heads and token one weight for each of these patches.
 */
public final class AttentionJson extends ValueSerializer<CrossAttention> {

    /** Digits behind the point; less would show in a picture, more would not. */
    private static final double PRECISION = 1e6;

    /** Writes an answer of its own. */
    static void write(String model, CrossAttention attention, OutputStream out) {
        try (JsonGenerator json = JsonMapper.shared().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("object", "attention");
            json.writeStringProperty("model", model);
            members(json, attention);
            json.writeEndObject();
        }
    }

    @Override
    public void serialize(CrossAttention attention, JsonGenerator json, SerializationContext context) {
        json.writeStartObject();
        members(json, attention);
        json.writeEndObject();
    }

    private static void members(JsonGenerator json, CrossAttention attention) {
        json.writeStringProperty("resize_mode", attention.resizeMode());
        int side = attention.gridSide();
        json.writeObjectPropertyStart("grid");
        json.writeNumberProperty("rows", side);
        json.writeNumberProperty("columns", side);
        json.writeEndObject();
        json.writeNumberProperty("head_groups", attention.groups());
        tokens(json, attention);
        layers(json, attention);
    }

    private static void tokens(JsonGenerator json, CrossAttention attention) {
        json.writeArrayPropertyStart("tokens");
        for (int token = 0; token < attention.count(); token++) {
            json.writeStartObject();
            json.writeNumberProperty("index", token);
            json.writeStringProperty("kind", attention.isPartial(token) ? "partial" : "global");
            json.writeNumberProperty("first_patch", attention.firstPatch(token));
            json.writeNumberProperty("patches", attention.patchesOf(token));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void layers(JsonGenerator json, CrossAttention attention) {
        json.writeArrayPropertyStart("layers");
        for (int layer = 0; layer < attention.tokens().getCrossLayersCount(); layer++) {
            json.writeStartObject();
            json.writeNumberProperty("layer", attention.tokens().getCrossLayers(layer));
            json.writeArrayPropertyStart("groups");
            for (int group = 0; group < attention.groups(); group++) {
                json.writeStartArray();
                for (int token = 0; token < attention.count(); token++) {
                    weights(json, attention, layer, group, token);
                }
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void weights(JsonGenerator json, CrossAttention attention, int layer, int group, int token) {
        json.writeStartArray();
        int first = attention.firstPatch(token);
        for (int patch = first; patch < first + attention.patchesOf(token); patch++) {
            json.writeNumber(Math.round(attention.weight(layer, group, token, patch) * PRECISION) / PRECISION);
        }
        json.writeEndArray();
    }
}
