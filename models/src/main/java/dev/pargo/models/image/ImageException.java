package dev.pargo.models.image;
/** Thrown if an image cannot be used. The message is meant for the user who sent it and does not name a library. */
public final class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the image. */
    public enum Reason {
        /** Not PNG, JPEG, WebP, GIF or BMP, or a variant of one of them that is not read. */
        UNSUPPORTED_FORMAT,
        /** Damaged, truncated, or of a shape that cannot be processed. */
        UNDECODABLE,
        /** Longer than the limit. */
        TOO_MANY_BYTES,
        /** Larger than the limit, with too long a side, or too much work. */
        TOO_MANY_PIXELS
    }

    private final Reason reason;

    public ImageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    ImageException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** A file that breaks the rules of its format. */
    public static ImageException damaged() {
        return new ImageException(Reason.UNDECODABLE, "the image is damaged");
    }

    /** The same, with the cause. */
    public static ImageException damaged(Throwable cause) {
        return new ImageException(Reason.UNDECODABLE, "the image is damaged", cause);
    }

    /** A file that ends before its last pixel. */
    public static ImageException incomplete() {
        return new ImageException(Reason.UNDECODABLE, "the image is incomplete: its data ends before its last pixel");
    }

    /** The same, with the cause. */
    public static ImageException incomplete(Throwable cause) {
        return new ImageException(
                Reason.UNDECODABLE, "the image is incomplete: its data ends before its last pixel", cause);
    }

    /** A file that may be right, but uses something that is not read here. */
    public static ImageException unsupported(String what) {
        return unsupported(what, "");
    }

    /** The same, with what to do about it at the end of the sentence. */
    public static ImageException unsupported(String what, String advice) {
        return new ImageException(Reason.UNSUPPORTED_FORMAT, what + " are not supported" + advice);
    }

    public Reason reason() {
        return reason;
    }
}
