package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.trial.TrialOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a stack, attacks it, and reports whether it survived. */
@Command(
        name = "attack",
        description =
                "Starts a stack with small heaps, attacks it, and prints the answers and whether other clients were"
                        + " still served. Exits with status 1 if a service ended, other clients waited for longer than 5 s,"
                        + " an answer was unacceptable, or memory was not released.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class AttackCommand implements Callable<Integer> {

    /** Short time limits, so that the attack sees how stages end answers that no client reads. */
    private static final Map<String, String> SETTINGS = Map.of("PARGO_STAGE_TIMELIMIT", "40s");

    /** One attack of each kind. */
    private static final Set<String> SHORT = Set.of(
            "form bodies of 64 MB by any method on every port",
            "bodies of 7 MB with unknown fields",
            "requests that can never fit",
            "16 bodies of up to 32 MB that come byte by byte",
            "500 requests at once",
            "8 JPEGs with 95 scans, whose clients leave",
            "gRPC: headers that claim too much or too little",
            "gRPC: pictures that are announced and never sent");

    @Spec
    private CommandSpec spec;

    @Mixin
    private TrialOptions options;

    @Option(names = "--short", description = "Runs only a few attacks, in about a minute.")
    private boolean few;

    @Option(
            names = "--heap",
            defaultValue = "200m",
            description = "Largest heap of every service except the encoder; default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--encoder-heap",
            defaultValue = "512m",
            description = "Largest heap of the encoder, which decodes pictures in it; default: ${DEFAULT-VALUE}.")
    private String encoderHeap;

    @Option(
            names = "--mutations",
            defaultValue = "10000",
            description = "Number of mutated bodies, and of mutated pictures; default: ${DEFAULT-VALUE}.")
    private int mutations;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("seed %d, heaps of %s, the encoder's of %s%n", options.seed(), heap, encoderHeap);
        out.flush();
        Path bundle = Repository.bundle();
        Example example = Example.of(bundle).get(0);
        List<Attack> attacks = options.choose(
                attacks(example.picture()).stream()
                        .filter(attack -> !few || SHORT.contains(attack.name()))
                        .toList(),
                Attack::name);
        try (RunningStack stack = RunningStack.start(bundle, SETTINGS, heaps())) {
            Siege siege = new Siege(
                    stack,
                    example,
                    new Random(options.seed()),
                    spec.commandLine().getErr());
            siege.warmUp();
            for (Attack attack : attacks) {
                siege.play(attack);
            }
            return options.publish(siege.report(), out);
        }
    }

    private Map<ServiceKind, List<String>> heaps() {
        Map<ServiceKind, List<String>> heaps = new EnumMap<>(ServiceKind.class);
        for (ServiceKind kind : ServiceKind.values()) {
            heaps.put(kind, List.of("-Xmx" + (kind == ServiceKind.ENCODER ? encoderHeap : heap)));
        }
        return heaps;
    }

    private List<Attack> attacks(byte[] picture) {
        List<Attack> all = new ArrayList<>(BodyAttacks.all());
        all.addAll(ConnectionAttacks.all());
        all.addAll(PictureAttacks.all());
        all.addAll(StageAttacks.all(picture));
        all.addAll(MutationAttacks.all(mutations, picture));
        return all;
    }
}
