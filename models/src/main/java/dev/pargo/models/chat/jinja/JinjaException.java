package dev.pargo.models.chat.jinja;

/** A template cannot be parsed or executed. */
public class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JinjaException(String message) {
        super(message);
    }

    /** The template refuses its input in its own words: it has called {@code raise_exception}. */
    public static final class Raised extends JinjaException {

        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }
    }
}
