package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.Rest;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Runs scenarios one after another on one cluster, and records what was promised and what was seen. */
final class Campaign {

    private static final Duration CALM = Duration.ofSeconds(2);
    private final Cluster cluster;
    private final AnswerBook book;
    private final Exchange exchange;
    private final Random seeds;
    private final PrintWriter progress;
    private final Rest rest = new Rest();
    private final Results results = new Results();
    private Duration usual = Duration.ZERO;
    private int retries;

    /**
     * @param seed     seeds what clients ask
     * @param progress called after every scenario
     */
    Campaign(Cluster cluster, AnswerBook book, long seed, PrintWriter progress) {
        this.cluster = cluster;
        this.book = book;
        this.exchange = new Exchange(cluster.url(), book);
        this.seeds = new Random(seed);
        this.progress = progress;
    }

    /** Asks for a while before the first fault, to measure how much memory services use and how long answers take. */
    void warmUp() throws IOException, InterruptedException {
        try (Load load = new Load(exchange, book.questions(), Mix.USUAL, 8, seeds.nextLong())) {
            TimeUnit.SECONDS.sleep(5);
            usual = load.stop().slowest();
        }
        rest.note(cluster.processes());
    }

    /** Runs one scenario. */
    void play(Scenario scenario) throws IOException, InterruptedException {
        List<String> broken = new ArrayList<>();
        Tally tally = strike(scenario, broken);
        broken.addAll(scenario.promise().broken(tally, usual));
        broken.addAll(rest.broken(cluster.processes()));
        results.add(scenario.name(), tally, String.valueOf(retries), broken.isEmpty());
        progress.printf("%s: %s%n", scenario.name(), broken.isEmpty() ? "kept" : String.join("; ", broken));
        progress.flush();
    }

    /** What has been seen so far. */
    Results results() {
        return results;
    }

    private Tally strike(Scenario scenario, List<String> broken) throws IOException, InterruptedException {
        try (Load nobody = load(scenario, 0)) {
            scenario.before().strike(new Scene(cluster, exchange, book, nobody, usual));
        }
        Ledger ledger = new Ledger(cluster.gateway());
        try (Load load = load(scenario, scenario.clients())) {
            Scene scene = new Scene(cluster, exchange, book, load, usual);
            scene.pass(CALM);
            scenario.fault().strike(scene);
            scene.pass(CALM);
            Tally tally = load.stop();
            retries = ledger.retries();
            broken.addAll(scene.broken());
            if (scenario.clients() > 0) {
                broken.addAll(ledger.broken(tally));
            }
            return tally;
        }
    }

    private Load load(Scenario scenario, int clients) {
        return new Load(exchange, book.questions(), scenario.mix(), clients, seeds.nextLong());
    }
}
