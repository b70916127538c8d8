package dev.pargo.models.cli;

import dev.pargo.models.benchmark.ModelProfile;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.torch.Devices;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.torch.TorchRuntime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows where the time of a model's networks goes. */
@Command(
        name = "profile",
        description = "Shows where the time of a bundle's networks goes, and how far they are from what limits them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ProfileCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--precision",
            defaultValue = "float32,bfloat16,int8",
            split = ",",
            paramLabel = "P,...",
            description = "One after another; for int8 and int4, encoder and projector compute in float32;"
                    + " default: ${DEFAULT-VALUE}.")
    private List<String> precisions;

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

    @Override
    public Integer call() {
        TorchRuntime.configure(threads);
        ModelBundle bundle = ModelBundle.read(directory);
        PrintWriter out = spec.commandLine().getOut();
        for (String name : precisions) {
            Precision precision = Precision.named(name);
            Placement decoder = new Placement(Devices.named(device), precision, true);
            Placement vision =
                    precision.isQuantized() ? new Placement(decoder.device(), Precision.FLOAT32, true) : decoder;
            out.printf("%s, %s, %s, threads: %d%n", bundle.name(), decoder.deviceLabel(), name, threads);
            out.flush();
            new ModelProfile(bundle, decoder, vision, out).run();
        }
        return 0;
    }
}
