package dev.pargo.models.network;

import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network that is not loaded: its dimensions and the files of its weights.
 *
 * @param config     its dimensions
 * @param checkpoint its tensors under their published names; those that the adapter holds whole are taken from it
 * @param adapter    updates to merge into them
 * @param choices    adapters that are not merged; each row of an input chooses one
 */
public record StoredNetwork<C extends NetworkConfig>(
        C config, Checkpoint checkpoint, LoraAdapter adapter, List<LoraAdapter> choices) {

    public StoredNetwork {
        checkpoint = checkpoint.overlaid(adapter.saved());
        choices = List.copyOf(choices);
    }

    public StoredNetwork(C config, Checkpoint checkpoint, LoraAdapter adapter) {
        this(config, checkpoint, adapter, List.of());
    }

    public StoredNetwork(C config, Checkpoint checkpoint) {
        this(config, checkpoint, LoraAdapter.none());
    }

    /** The same network with adapters to choose from. */
    public StoredNetwork<C> withChoices(List<LoraAdapter> others) {
        return new StoredNetwork<>(config, checkpoint, adapter, others);
    }

    /**
     * Checks names and shapes; touches no weights.
     *
     * @throws dev.pargo.models.weights.CheckpointException naming what is missing, unexpected and misshaped, or
     *     an update that has no parameter
     */
    public void check() {
        checkpoint.require(config.parameters(), config::ignores);
        adapter.requireTargets(config.parameters());
        List<ParameterSpec> updatable =
                config.parameters().stream().filter(config::takesUpdates).toList();
        for (LoraAdapter choice : choices) {
            choice.requireSeparate();
            choice.requireTargets(updatable);
        }
    }

    /** Hash over the dimensions and the weights that the network reads. */
    public String fingerprint() {
        Set<String> read = config.parameters().stream().map(ParameterSpec::name).collect(Collectors.toSet());
        Fingerprint fingerprint = new Fingerprint()
                .add("config", config)
                .add(checkpoint.filter(read::contains))
                .add(adapter);
        for (int i = 0; i < choices.size(); i++) {
            fingerprint.add("choice", i).add(choices.get(i));
        }
        return fingerprint.hex();
    }
}
