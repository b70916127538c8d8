package dev.pargo.models.tensor;

/** Element type of a stored tensor: its width, and its number in torch's {@code ScalarType}. */
public enum DType {
    UINT8(1, 0),
    INT8(1, 1),
    INT16(2, 2),
    INT32(4, 3),
    INT64(8, 4),
    FLOAT16(2, 5),
    FLOAT32(4, 6),
    FLOAT64(8, 7),
    BOOL(1, 11),
    BFLOAT16(2, 15);

    private final int bytes;
    private final int torchCode;

    DType(int bytes, int torchCode) {
        this.bytes = bytes;
        this.torchCode = torchCode;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The {@code dtype} argument of torch operators, which TorchScript takes as a number. */
    public int torchCode() {
        return torchCode;
    }

    public boolean isFloatingPoint() {
        return this == FLOAT32 || this == FLOAT16 || this == BFLOAT16 || this == FLOAT64;
    }
}
