package dev.pargo.gateway.inference;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.proto.v1.GenerateStart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is to answer, and how.
 *
 * @param start  the prompt or the conversation, and how the answers are to be written; without the visual tensors'
 *     sizes
 * @param images by their indices in the prompt or the conversation
 * @param attention how finely to tell what the projector looks at in each image; null not to tell it
 * @param param  path of the field that the prompt came in, for error messages
 */
public record InferenceRequest(
        GenerateStart start, List<Image> images, @Nullable HeadGroups attention, String param) {

    /** The same request for an adapter of the LLM; empty for the model itself. */
    InferenceRequest withAdapter(String adapter) {
        return new InferenceRequest(start.toBuilder().setAdapter(adapter).build(), images, attention, param);
    }

    /** A hash of the prompt's beginning: requests that share it should meet at one LLM. */
    long prefix() {
        return PrefixKey.of(this);
    }

    /** Sequences that the LLM writes at once. */
    public int sequences() {
        return start.hasBeamSearch() ? start.getBeamSearch().getBeams() : Math.max(1, start.getChoices());
    }

    /** The same with a turn as a pipeline has it, instead of the model's own. */
    InferenceRequest withTurns(String template) {
        GenerateStart.Builder with = start.toBuilder();
        with.getConversationBuilder().setTurnTemplate(template);
        return new InferenceRequest(with.build(), images, attention, param);
    }

    /**
     * An image file.
     *
     * @param bytes  the file, not written to any more; null if only its hash is there, and with it, perhaps, its visual
     *               tokens
     * @param sha256 of the file
     * @param param  path of the field it came in, for error messages
     */
    public record Image(byte @Nullable [] bytes, ByteString sha256, String param) {

        public Image(byte[] bytes, String param) {
            this(bytes, Sha256.of(bytes), param);
        }

        /** A client leaves out an image that is not known. */
        public static GatewayException unknown(String param) {
            return GatewayException.invalid(
                    param, "unknown_image_uuid", param + ": this picture is not known, or not any more; send it again");
        }

        /** Bytes that are held. */
        public int size() {
            return bytes == null ? 0 : bytes.length;
        }

        /**
         * The file, to make its visual tokens.
         *
         * @throws GatewayException INVALID_REQUEST if it is not there
         */
        byte[] file() {
            if (bytes == null) {
                throw unknown(param);
            }
            return bytes;
        }
    }
}
