package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.projector.LayerWidths;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.Eva02Config;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;

/** The networks that a model's documents describe, before weights exist. */
interface PlannedNetworks {

    VisionConfig vision();

    NetworkConfig projector();

    DecoderConfig llm();

    /** Reads a directory with a manifest, bundle.json, or with the config.json of a whole model. */
    static PlannedNetworks read(Path directory) {
        Path manifest = directory.resolve("bundle.json");
        return Files.exists(manifest)
                ? new ParGo(JsonConfig.read(manifest), directory)
                : new Published(ModelBundle.planned(directory));
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
            return ProjectorConfig.read(
                    manifest.section("projector"), vision().tokens(), normEps, LayerWidths.planned(llm().width()));
        }

        @Override
        public DecoderConfig llm() {
            return DecoderConfig.read(directory.resolve(manifest.section("llm").string("dir")));
        }
    }

    /** A model of any published family. */
    record Published(ModelBundle bundle) implements PlannedNetworks {

        @Override
        public VisionConfig vision() {
            return bundle.vision().config();
        }

        @Override
        public NetworkConfig projector() {
            return bundle.projector().config();
        }

        @Override
        public DecoderConfig llm() {
            return bundle.llm().config();
        }
    }
}
