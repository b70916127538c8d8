package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.Rest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Runs scenarios one after another on one cluster, and records what was promised and what was seen. */
final class Campaign {

    private static final Duration CALM = Duration.ofSeconds(1);
    private final Cluster cluster;
    private final AnswerBook book;
    private final Exchange exchange;
    private final Random seeds;
    private final Rest rest = new Rest();
    private final Results results;
    private Duration usual = Duration.ZERO;

    /**
     * @param seed    seeds what clients ask
     * @param results gets a row after every scenario
     */
    Campaign(Cluster cluster, AnswerBook book, long seed, Results results) {
        this.cluster = cluster;
        this.book = book;
        this.exchange = new Exchange(cluster.url(), book);
        this.seeds = new Random(seed);
        this.results = results;
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
        cluster.requireSameBundle(scenario.sameBundle());
        try (Load nobody = load(scenario, 0)) {
            scenario.before().strike(new Scene(cluster, book, nobody));
        }
        Ledger ledger = new Ledger(cluster.gateway());
        try (Load load = load(scenario, scenario.clients())) {
            Scene scene = new Scene(cluster, book, load);
            scene.pass(CALM);
            long struck = System.nanoTime();
            scenario.fault().strike(scene);
            scene.pass(CALM);
            Tally tally = load.stop();
            int retries = ledger.retries();
            List<String> broken = new ArrayList<>(scenario.promise().broken(tally, struck, usual));
            broken.addAll(scene.broken(tally, usual));
            broken.addAll(ledger.broken(tally));
            broken.addAll(rest.broken(cluster.processes()));
            results.add(scenario.name(), scenario.clients(), tally, retries, broken);
        }
    }

    private Load load(Scenario scenario, int clients) {
        return new Load(exchange, book.questions(), scenario.mix(), clients, seeds.nextLong());
    }
}
