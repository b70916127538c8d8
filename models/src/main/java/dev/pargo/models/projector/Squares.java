package dev.pargo.models.projector;

import dev.pargo.models.config.JsonConfig;
import java.util.stream.IntStream;

/** Sides of squares of patches or visual tokens. */
final class Squares {

    private Squares() {}

    /**
     * The side of the squares of neighbouring patches that become one visual token each.
     *
     * @param section names the number of visual tokens, {@code num_query_token}; default: a quarter of the patches
     * @throws dev.pargo.models.config.ConfigException if no square makes so many of them
     */
    static int joined(JsonConfig section, int patches) {
        int grid = section.make(() -> side("patches", patches));
        int tokens = section.size("num_query_token", (grid / 2) * (grid / 2));
        return IntStream.rangeClosed(1, grid)
                .filter(side -> (grid / side) * (grid / side) == tokens)
                .findFirst()
                .orElseThrow(() -> section.problem("num_query_token is %d: %d x %d patches do not make so many squares"
                        .formatted(tokens, grid, grid)));
    }

    /** @throws IllegalArgumentException if the number of cells is not a square number */
    static int side(String what, int cells) {
        int side = (int) Math.round(Math.sqrt(cells));
        if (side * side != cells) {
            throw new IllegalArgumentException("%s: %d are no square".formatted(what, cells));
        }
        return side;
    }
}
