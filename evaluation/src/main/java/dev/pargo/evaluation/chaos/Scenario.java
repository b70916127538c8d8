package dev.pargo.evaluation.chaos;

/**
 * A fault under a load.
 *
 * @param before  what happens before the clients begin
 * @param fault   what happens while they ask
 * @param clients that ask, each one question after the other
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
