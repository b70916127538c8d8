package dev.pargo.evaluation.chaos;

/** Threads that do not keep the program alive. */
final class Daemon {

    private Daemon() {}

    static void start(String name, Runnable task) {
        thread(name, task).start();
    }

    static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
