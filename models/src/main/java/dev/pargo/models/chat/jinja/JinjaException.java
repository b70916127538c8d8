package dev.pargo.models.chat.jinja;

/** Thrown if a template cannot be parsed or executed. */
public class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JinjaException(String message) {
        super(message);
    }

    /** Thrown if the template calls {@code raise_exception} to refuse its input. The message is the template's. */
    public static final class Raised extends JinjaException {

        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }
    }
}
