package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.stack.Rest;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.trial.TrialReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final Rest rest = new Rest();
    private final TrialReport report;

    /**
     * @param example  the bystander's question
     * @param progress gets one line after every attack
     */
    Siege(RunningStack stack, Example example, Random random, PrintWriter progress) {
        this.stack = stack;
        this.example = example;
        this.random = random;
        this.report = new TrialReport(List.of("attack", "answers", "time", "others served", "longest out"), progress);
    }

    /** Asks for a while before the first attack, to measure how much memory the services use. */
    void warmUp() throws IOException, InterruptedException {
        StackUnderAttack target = target();
        Crowd.share(
                WARM_UP,
                4,
                target.replies(),
                number -> target.post(ChatBody.picture(example.freshPicture(number), "png"), "a picture"));
        rest.note(stack.processes());
    }

    /** Runs one attack. */
    void play(Attack attack) throws IOException, InterruptedException {
        StackUnderAttack target = target();
        List<String> broken = new ArrayList<>();
        long begun = System.nanoTime();
        try (Bystander bystander = new Bystander(target.door(), example)) {
            launch(attack, target);
            long took = System.nanoTime() - begun;
            TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
            if (bystander.longestOut().compareTo(MOST_OUT) > 0) {
                broken.add("others were out for %s: %s"
                        .formatted(TrialReport.seconds(bystander.longestOut()), bystander.lastTrouble()));
            }
            broken.addAll(bystander.wrong());
            bystander.close();
            target.replies().unacceptable().stream().limit(EXAMPLES_SHOWN).forEach(broken::add);
            broken.addAll(rest.broken(stack.processes()));
            report.add(
                    List.of(
                            attack.name(),
                            target.replies().toString(),
                            TrialReport.seconds(Duration.ofNanos(took)),
                            String.valueOf(bystander.served()),
                            TrialReport.seconds(bystander.longestOut())),
                    broken);
        }
        if (!stack.processes().stream().allMatch(ServiceProcess::isAlive)) {
            stack.restartEnded();
        }
    }

    /** What was seen so far. */
    TrialReport report() {
        return report;
    }

    private static void launch(Attack attack, StackUnderAttack target) throws InterruptedException {
        try {
            attack.assault().launch(target);
        } catch (IOException e) {
            target.replies().addUnacceptable("no answer: " + e);
        }
    }

    private StackUnderAttack target() {
        return new StackUnderAttack(stack, new Replies(), random);
    }
}
