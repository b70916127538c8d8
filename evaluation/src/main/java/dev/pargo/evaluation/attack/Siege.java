package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.report.TextTable;
import dev.pargo.evaluation.stack.Rest;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Runs attacks one after another on one stack, and records what a bystander saw. */
final class Siege {

    private static final Duration MOST_OUT = Duration.ofSeconds(5);
    private static final Duration CALM = Duration.ofSeconds(1);
    private static final int WARM_UP = 200;
    private static final int EXAMPLES_SHOWN = 3;

    private final RunningStack stack;
    private final Example example;
    private final Random random;
    private final PrintWriter progress;
    private final Rest rest = new Rest();
    private final TextTable table =
            new TextTable(List.of("attack", "answers", "time", "others served", "longest out", "promises"));
    private boolean kept = true;

    /**
     * @param example  the bystander's question
     * @param progress called after every attack
     */
    Siege(RunningStack stack, Example example, Random random, PrintWriter progress) {
        this.stack = stack;
        this.example = example;
        this.random = random;
        this.progress = progress;
    }

    /** Asks for a while before the first attack, to measure how much memory the services use. */
    void warmUp() throws IOException, InterruptedException {
        Target target = target();
        Crowd.share(
                WARM_UP,
                4,
                target.replies(),
                number -> target.post(ChatBody.picture(fresh(number), "png"), "a picture"));
        rest.note(stack.processes());
    }

    /** Runs one attack. */
    void play(Attack attack) throws IOException, InterruptedException {
        Target target = target();
        List<String> broken = new ArrayList<>();
        long begun = System.nanoTime();
        try (Bystander bystander = new Bystander(target.door(), example)) {
            launch(attack, target);
            long took = System.nanoTime() - begun;
            TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
            if (bystander.longestOut().compareTo(MOST_OUT) > 0) {
                broken.add("others were out for %s: %s"
                        .formatted(seconds(bystander.longestOut()), bystander.lastTrouble()));
            }
            broken.addAll(bystander.wrong());
            bystander.close();
            target.replies().unacceptable().stream().limit(EXAMPLES_SHOWN).forEach(broken::add);
            broken.addAll(rest.broken(stack.processes()));
            table.row(List.of(
                    attack.name(),
                    target.replies().toString(),
                    seconds(Duration.ofNanos(took)),
                    String.valueOf(bystander.served()),
                    seconds(bystander.longestOut()),
                    broken.isEmpty() ? "kept" : "broken"));
        }
        kept &= broken.isEmpty();
        progress.printf(
                "%s (%s): %s%n",
                attack.name(), target.replies(), broken.isEmpty() ? "kept" : String.join("; ", broken));
        progress.flush();
        if (!stack.processes().stream().allMatch(ServiceProcess::isAlive)) {
            stack.restartEnded();
        }
    }

    /** Whether every promise has been kept. */
    boolean wasKept() {
        return kept;
    }

    /** A row for every attack. */
    TextTable table() {
        return table;
    }

    private static void launch(Attack attack, Target target) throws InterruptedException {
        try {
            attack.assault().launch(target);
        } catch (IOException e) {
            target.replies().addUnacceptable("no answer: " + e);
        }
    }

    private Target target() {
        return new Target(stack, new Replies(), random);
    }

    /** A picture that is in no cache: decoders ignore what follows a PNG's end. */
    private byte[] fresh(int number) {
        byte[] picture = Arrays.copyOf(example.picture(), example.picture().length + Integer.BYTES);
        picture[picture.length - 1] = (byte) number;
        return picture;
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
