package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--only",
            paramLabel = "WORD",
            split = ",",
            description = "Runs only the attacks whose names contain one of these words.")
    private @Nullable List<String> only;

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

    @Option(names = "--seed", description = "Seed of the mutations; default: a random one.")
    private @Nullable Long seed;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the table in Markdown.")
    private @Nullable Path markdown;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
        out.printf("seed %d, heaps of %s, the encoder's of %s%n", chosen, heap, encoderHeap);
        out.flush();
        Example example = Example.of(bundle()).get(0);
        List<Attack> attacks = attacks(example.picture());
        try (RunningStack stack = RunningStack.start(bundle(), Map.of(), heaps())) {
            Siege siege = new Siege(
                    stack, example, new Random(chosen), spec.commandLine().getErr());
            siege.warmUp();
            for (Attack attack : attacks) {
                siege.play(attack);
            }
            out.print(siege.table());
            out.flush();
            if (markdown != null) {
                Files.writeString(markdown, siege.table().toMarkdown());
            }
            return siege.wasKept() ? 0 : 1;
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
        all.addAll(MutationAttacks.all(mutations, picture));
        if (only == null) {
            return all;
        }
        List<Attack> chosen = all.stream()
                .filter(attack -> only.stream().anyMatch(attack.name()::contains))
                .toList();
        if (chosen.isEmpty()) {
            throw new InputException("there is no such attack; there are: "
                    + String.join("; ", all.stream().map(Attack::name).toList()));
        }
        return chosen;
    }

    /** Looked up when it is needed, because the other commands also run outside a checked-out project. */
    private static Path bundle() {
        return Repository.file("bundle/pargo-mini");
    }
}
