package dev.pargo.models.vision;

import dev.pargo.models.weights.ParameterList;

/** Tensors of a CLIP tower in Hugging Face's naming. SigLIP's towers have the same. */
final class ClipTensors {

    static final String EMBEDDINGS = "vision_model.embeddings.";
    static final String POSITIONS = EMBEDDINGS + "position_embedding.weight";

    private static final String LAYERS = "vision_model.encoder.layers.";

    private ClipTensors() {}

    /** Adds the position table and the weights of the patch embedding. */
    static void addEmbeddings(ParameterList list, int tableRows, int patchSize, int hidden) {
        list.tensor("positions", POSITIONS, new long[] {tableRows, hidden})
                .tensor("patch.weight", EMBEDDINGS + "patch_embedding.weight", new long[] {
                    hidden, 3, patchSize, patchSize
                });
    }

    /**
     * Adds the blocks.
     *
     * @param mlpHidden width between the two layers of a block's MLP
     */
    static void addBlocks(ParameterList list, int blocks, int hidden, int mlpHidden) {
        for (int i = 0; i < blocks; i++) {
            String role = "blocks." + i;
            String layer = LAYERS + i;
            list.norm(role + ".norm1", layer + ".layer_norm1", hidden)
                    .linear(role + ".attention.q", layer + ".self_attn.q_proj", hidden, hidden)
                    .linear(role + ".attention.k", layer + ".self_attn.k_proj", hidden, hidden)
                    .linear(role + ".attention.v", layer + ".self_attn.v_proj", hidden, hidden)
                    .linear(role + ".attention.out", layer + ".self_attn.out_proj", hidden, hidden)
                    .norm(role + ".norm2", layer + ".layer_norm2", hidden)
                    .linear(role + ".up", layer + ".mlp.fc1", mlpHidden, hidden)
                    .linear(role + ".down", layer + ".mlp.fc2", hidden, mlpHidden);
        }
    }

    /**
     * Whether a tensor of a complete model is not the tower's: of blocks after the last that is run, of the norm after all
     * blocks, of position ids, of the text tower.
     */
    static boolean ignores(String tensor, int blocks) {
        return Tower.isBehind(tensor, LAYERS, blocks)
                || tensor.startsWith("vision_model.post_layernorm.")
                || tensor.equals(EMBEDDINGS + "position_ids")
                || tensor.startsWith("text_model.")
                || tensor.equals("logit_scale");
    }
}
