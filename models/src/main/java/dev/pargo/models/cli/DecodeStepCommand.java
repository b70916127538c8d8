package dev.pargo.models.cli;

import dev.pargo.models.benchmark.DecodeStepBenchmark;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.CausalLm;
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

/** Measures a decoder's step on a device of this machine. */
@Command(
        name = "decode-step",
        description = "Measures one step of a bundle's decoder against its floor, the memory bandwidth.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DecodeStepCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--precision",
            defaultValue = "int8,bfloat16",
            split = ",",
            paramLabel = "P,...",
            description = "One after another; default: ${DEFAULT-VALUE}.")
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
        for (String precision : precisions) {
            Placement placement = new Placement(Devices.named(device), Precision.named(precision), true);
            out.printf("%s, %s, %s, threads: %d%n", bundle.name(), placement.deviceLabel(), precision, threads);
            out.flush();
            try (CausalLm lm = CausalLm.load(bundle.llm(), placement)) {
                new DecodeStepBenchmark(lm, out).run();
            }
        }
        return 0;
    }
}
