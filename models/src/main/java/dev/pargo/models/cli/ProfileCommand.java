package dev.pargo.models.cli;

import dev.pargo.models.benchmark.ModelProfile;
import dev.pargo.models.bundle.ModelBundle;
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

/** Shows where the time of a model's networks goes. */
@Command(
        name = "profile",
        description = "Shows where the time of a bundle's networks goes, and how far they are from their lower bounds.",
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
            description =
                    "One after another; for int8 the projector, for int4 encoder and projector compute in float32;"
                            + " default: ${DEFAULT-VALUE}.")
    private List<String> precisions;

    @Mixin
    private NetworkOptions options;

    @Override
    public Integer call() {
        ModelBundle bundle = options.open();
        PrintWriter out = spec.commandLine().getOut();
        for (String name : precisions) {
            Precision precision = Precision.named(name);
            Placement decoder = options.placement(precision);
            Placement projector = precision.isQuantized() ? options.placement(Precision.FLOAT32) : decoder;
            Placement vision = precision == Precision.INT4 ? projector : decoder;
            out.println(options.heading(bundle, decoder));
            out.flush();
            new ModelProfile(bundle, decoder, vision, projector, out).run();
        }
        return 0;
    }
}
