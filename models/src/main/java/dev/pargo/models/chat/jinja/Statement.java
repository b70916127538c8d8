package dev.pargo.models.chat.jinja;

import java.util.List;

/** A parsed statement, or text between statements. Thread-safe. */
interface Statement {

    /** How execution continues. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow execute(Scope scope, Output out);

    /** Executes statements in order, until one of them breaks. */
    static Flow all(List<Statement> statements, Scope scope, Output out) {
        for (Statement statement : statements) {
            scope.run().step();
            Flow flow = statement.execute(scope, out);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }
}
