package dev.pargo.models.synthesis;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.Eva02Config;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;

/** The networks that a model's documents describe, before there are weights. */
interface PlannedNetworks {

    SquareTower vision();

    NetworkConfig projector();

    DecoderConfig llm();

    /** Reads a directory with a manifest, bundle.json, or with the config.json of a LLaVA model. */
    static PlannedNetworks read(Path directory) {
        Path manifest = directory.resolve("bundle.json");
        return Files.exists(manifest)
                ? new ParGo(JsonConfig.read(manifest), directory)
                : new Llava(JsonConfig.read(directory.resolve("config.json")), directory);
    }

    /** EVA-02-CLIP, ParGo, any decoder. */
    record ParGo(JsonConfig manifest, Path directory) implements PlannedNetworks {

        @Override
        public SquareTower vision() {
            JsonConfig image = manifest.section("image");
            return Eva02Config.read(
                    manifest.section("vision"), image.size("size"), image.size("patch_size"), Checkpoint.empty());
        }

        @Override
        public NetworkConfig projector() {
            double normEps = manifest.section("ln_vision").number("eps");
            return ProjectorConfig.read(manifest.section("projector"), vision().tokens(), normEps, Checkpoint.empty())
                    .withLlmWidth(llm().width());
        }

        @Override
        public DecoderConfig llm() {
            return DecoderConfig.read(directory.resolve(manifest.section("llm").string("dir")));
        }
    }

    /** CLIP with all its blocks, of which LLaVA leaves out the last; two layers; a decoder. */
    record Llava(JsonConfig config, Path directory) implements PlannedNetworks {

        private static final int LAST = -1;

        @Override
        public SquareTower vision() {
            return ClipConfig.read(config.section("vision_config"), LAST, Checkpoint.empty());
        }

        @Override
        public NetworkConfig projector() {
            return MlpConfig.llava(vision().tokens(), vision().width(), llm().width(), true);
        }

        @Override
        public DecoderConfig llm() {
            return DecoderConfig.read(config.section("text_config"), directory);
        }
    }
}
