package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.inference.HeadGroups;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.gateway.pipeline.DecodingDefaults;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request asks, and how it wants to be answered. */
public interface Question {

    /** Which model is to answer; null for the only one. */
    @Nullable
    String model();

    /** In the order of the prompt. */
    List<PictureSource> images();

    /** How finely to tell what the projector looks at in the pictures; null not to tell it. */
    default @Nullable HeadGroups attention() {
        return null;
    }

    /**
     * What the LLM is to do.
     *
     * @param defaults for what the request leaves open
     * @throws GatewayException INVALID_REQUEST if the request asks for more than the model can do
     */
    Work work(DecodingDefaults defaults, LlmDescription llm);

    /** A refusal by the LLM, in the client's words. */
    GatewayException inClientsWords(GatewayException refusal);

    /** The answer, of which nothing has been written yet. */
    Answer answer(ResponseHead head, Work work, LlmDescription llm, AnswerWriter out);

    /**
     * What an LLM is to do.
     *
     * @param starts one or more prompts, all to be answered in the same way; all pictures belong to the first
     * @param field  that the prompts came in, for error messages
     */
    record Work(List<GenerateStart> starts, String field) {

        /** How the answers to each prompt are written. */
        public GenerateStart decoding() {
            return starts.get(0);
        }
    }
}
