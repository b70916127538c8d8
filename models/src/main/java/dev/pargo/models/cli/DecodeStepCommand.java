package dev.pargo.models.cli;

import dev.pargo.models.benchmark.DecodeStepBenchmark;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a decoder's step on a device of this machine. */
@Command(
        name = "decode-step",
        description =
                "Compares the time of a decoder's step with its lower bound, which follows from the memory bandwidth.",
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

    @Mixin
    private NetworkOptions options;

    @Override
    public Integer call() {
        ModelBundle bundle = options.open();
        PrintWriter out = spec.commandLine().getOut();
        for (String precision : precisions) {
            Placement placement = options.placement(Precision.named(precision));
            out.println(options.heading(bundle, placement));
            out.flush();
            try (CausalLm lm = CausalLm.load(bundle.llm(), placement)) {
                new DecodeStepBenchmark(lm, out).run();
            }
        }
        return 0;
    }
}
