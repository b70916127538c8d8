package dev.pargo.models.image;

import java.util.Arrays;

/** Pillow's filters for resizing. */
public enum Filter {
    LANCZOS(1, 3) {
        @Override
        double weight(double x) {
            return x < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    },
    BILINEAR(2, 1) {
        @Override
        double weight(double x) {
            return x < 1 ? 1 - x : 0;
        }
    },
    /** Keys' kernel with a = -0.5. */
    BICUBIC(3, 2) {
        @Override
        double weight(double x) {
            if (x < 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
        }
    };

    private final int number;
    private final double support;

    Filter(int number, double support) {
        this.number = number;
        this.support = support;
    }

    /**
     * The filter by Pillow's number for it, as processors name it.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Filter numbered(int number) {
        return Arrays.stream(values())
                .filter(filter -> filter.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "resample is %d; known: 1 (Lanczos), 2 (bilinear), 3 (bicubic)".formatted(number)));
    }

    /** Radius of the kernel in input positions, for an unchanged size. */
    double support() {
        return support;
    }

    /** The kernel at a distance of 0 or more. */
    abstract double weight(double distance);

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }
}
