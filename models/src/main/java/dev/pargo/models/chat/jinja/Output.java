package dev.pargo.models.chat.jinja;

/** The text that a template, a macro or a block writes. Not thread-safe. */
final class Output {

    private final StringBuilder text = new StringBuilder();
    private final Run run;

    Output(Run run) {
        this.run = run;
    }

    void write(String more) {
        run.requireLength((long) text.length() + more.length());
        text.append(more);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
