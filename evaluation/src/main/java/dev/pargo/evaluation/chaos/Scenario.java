package dev.pargo.evaluation.chaos;

/**
 * A fault under load.
 *
 * @param sameBundle whether the gateway requires that the stages of an answer are of one bundle
 * @param before  runs before the clients start
 * @param fault   runs while they ask
 * @param clients number of clients; each asks one question after another
 */
record Scenario(String name, boolean sameBundle, Fault before, Fault fault, Mix mix, int clients, Promise promise) {

    private static final int CLIENTS = 8;

    Scenario(String name, Fault fault, Promise promise) {
        this(name, true, Fault.NONE, fault, Mix.USUAL, CLIENTS, promise);
    }

    Scenario with(Mix otherMix) {
        return new Scenario(name, sameBundle, before, fault, otherMix, clients, promise);
    }

    Scenario withClients(int count) {
        return new Scenario(name, sameBundle, before, fault, mix, count, promise);
    }

    Scenario after(Fault prelude) {
        return new Scenario(name, sameBundle, prelude, fault, mix, clients, promise);
    }

    Scenario whereBundlesMayDiffer() {
        return new Scenario(name, false, before, fault, mix, clients, promise);
    }
}
