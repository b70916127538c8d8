/**
 * Model bundles: models whose parts were trained together, read from their published files.
 *
 * <p>A manifest is a JSON file with the fields below. Fields are optional unless marked as required. Text after a semicolon
 * or after "default:" is the default. Paths are relative to the manifest.
 *
 * <pre>
 * name                      required
 * revision                  identifies the parts that were trained together; a hash over manifest and weights
 *
 * image                     required unless vision has a dir with a preprocessor_config.json
 *   size                    required: side of the encoder's input in pixels; the position table is resampled to it
 *   patch_size              required unless vision has a dir: side of a patch in pixels
 *   pad_to_square           pad before resizing; false
 *   center_crop             resize the shorter side and use the middle; false
 *   letterbox               preprocess as in ParGo's released evaluation code: side of its letterbox in pixels; none
 *   convention              natural or reference: how alpha and EXIF orientation are handled; natural
 *   pad_color, mean, std    default: those of CLIP
 *
 * vision                    required; a directory:
 *   dir                     config.json of model_type clip, clip_vision_model or of a whole model
 *                           or a bare checkpoint:
 *   type                    EVAVisionTransformer (EVA-02-CLIP) or EVA_ViT (EVA's ViT-g)
 *   file, prefix            checkpoint, and prefix of the tower's tensors in it; visual.
 *   width, layers, head_width, mlp_hidden or mlp_ratio, layer_norm_eps
 *                           default: those of EVA02-CLIP-L-14-336, or of BLIP-2's ViT-g
 *   random_weights          whether the weights are random; false, or what the directory says
 *   pt_hw_seq_len           EVA-02: side of the grid that rotary positions are scaled to; 16
 *
 * ln_vision                 the norm between encoder and projector
 *   eps                     default: 1e-5
 *   file                    checkpoint; the projector's file
 *
 * projector                 required; a directory:
 *   dir                     config.json of a whole model; the number of patches is that of vision
 *   random_weights          as in vision
 *                           or a fusion checkpoint in any of the reference's layouts:
 *   type                    ParGo, Q-Former, linear, mlp, C-Abstractor, LDPv2, pixel-shuffle, average-pool or qwen-merger
 *   file, encoder_width     required
 *                           linear, mlp:
 *   visual_tokens_adjacent  number of consecutive patches that are joined; 4
 *                           ParGo, Q-Former:
 *   num_query_token, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size
 *                           required
 *   num_local_query_token   required for ParGo: partial tokens
 *   cross_attention_freq, layer_norm_eps, max_position_embeddings
 *                           default: 1, 1e-12, 512
 *                           C-Abstractor, LDPv2, pixel-shuffle, average-pool, qwen-merger:
 *   num_query_token         number of visual tokens, a square number; 144, or a quarter of the patches
 *   hidden_size, depth, mlp_depth, num_eos_tokens, prenorm
 *                           C-Abstractor; 1024, 3, 2, 0, false
 *   cascade.radii           ParGo: radius of partial self-attention in each layer, -1 for all; all
 *
 * llm                       required
 *   dir                     required: config.json of model_type internlm2, llama, qwen2, qwen3, mistral or gemma3_text, or of a
 *                           whole model
 *   lora.file, lora.alpha   updates: a PEFT directory, or a fusion checkpoint and its alpha
 *
 * single_turn               whether the model was trained on single questions and answers a second one poorly; false
 *
 * prompt
 *   template                one turn, see {@link dev.pargo.models.chat.TurnTemplate}; that of the format
 *   format                  vicuna, llama-2, llama-3, qwen2, internlm2-chat or mistral. Without template and format, the
 *                           LLM's chat_template is executed, or the format is that of its family
 *   image_placeholder, bos_token, system_template, system, answer_template
 *                           default: those of the format; if there is a template: &lt;ImageHere&gt;, the tokenizer's
 *                           token, and empty
 *
 * generation
 *   eos_token               control token that closes an answer; that of the format, or the tokenizer's
 *   max_new_tokens          default limit on the tokens of an answer; the rest of the context
 * </pre>
 */
@NullMarked
package dev.pargo.models.bundle;

import org.jspecify.annotations.NullMarked;
