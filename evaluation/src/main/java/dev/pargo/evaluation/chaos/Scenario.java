package dev.pargo.evaluation.chaos;

/**
 * A fault under load.
 *
 * @param before  runs before the clients start
 * @param fault   runs while they ask
 * @param clients number of clients; each asks one question after another
 */
record Scenario(String name, Fault before, Fault fault, Mix mix, int clients, Promise promise) {

    private static final int CLIENTS = 8;

    Scenario(String name, Fault fault, Promise promise) {
        this(name, Fault.NONE, fault, Mix.USUAL, CLIENTS, promise);
    }

    Scenario with(Mix otherMix) {
        return new Scenario(name, before, fault, otherMix, clients, promise);
    }

    Scenario withClients(int count) {
        return new Scenario(name, before, fault, mix, count, promise);
    }

    Scenario after(Fault prelude) {
        return new Scenario(name, prelude, fault, mix, clients, promise);
    }
}
