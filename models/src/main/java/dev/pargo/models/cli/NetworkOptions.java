package dev.pargo.models.cli;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.torch.Devices;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.torch.TorchRuntime;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of commands that run a bundle's networks: which bundle, on which device, with how many threads. */
final class NetworkOptions {

    @Option(names = "--threads", defaultValue = "1", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "D",
            description = "cpu, cuda:N or auto; default: ${DEFAULT-VALUE}.")
    private String device;

    @Parameters(paramLabel = "BUNDLE", description = "Directory of a model bundle.")
    private Path directory;

    /** Starts the engine and opens the bundle. Call it first. */
    ModelBundle open() {
        TorchRuntime.configure(threads);
        return ModelBundle.read(directory);
    }

    /** The chosen device, with packed weights in a precision. */
    Placement placement(Precision precision) {
        return new Placement(Devices.named(device), precision, true);
    }

    /** The heading of the results for one placement. */
    String heading(ModelBundle bundle, Placement placement) {
        return "%s, %s, %s, threads: %d"
                .formatted(
                        bundle.name(),
                        placement.deviceLabel(),
                        placement.precision().label(),
                        threads);
    }
}
