package dev.pargo.evaluation.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes that a request sends over the network, by hop.
 *
 * @param upload   client to gateway: a picture in base64 and the text
 * @param picture  gateway to encoder
 * @param features encoder to gateway, and again gateway to projector
 * @param visual   projector to gateway, and again gateway to LLM
 * @param answer   LLM to gateway, and again gateway to client: an event for each token
 */
record Traffic(double upload, double picture, double features, double visual, double answer) {

    private static final int TEXT = 1_000;
    private static final int EVENT = 250;

    /** @param share share of the requests that have a new picture */
    static Traffic of(double share, double pictureBytes, Tensor features, Tensor visual, double answerTokens) {
        return new Traffic(
                TEXT + share * pictureBytes * 4 / 3,
                share * pictureBytes,
                share * features.bytes(),
                share * visual.bytes(),
                answerTokens * EVENT);
    }

    /** All hops inside the cluster. */
    double inside() {
        return picture + 2 * features + 2 * visual + answer;
    }

    /** A matrix on the wire, {@code [rows, columns]}. */
    record Tensor(int rows, int columns, int elementBytes) {

        private static final Pattern TEXT = Pattern.compile("(\\d{1,6})x(\\d{1,6})(?:x([1248]))?");

        /** @throws IllegalArgumentException if the text is not ROWSxCOLUMNS or ROWSxCOLUMNSxBYTES */
        static Tensor parse(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("'%s' is not ROWSxCOLUMNS or ROWSxCOLUMNSxBYTES".formatted(text));
            }
            return new Tensor(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    matcher.group(3) == null ? 4 : Integer.parseInt(matcher.group(3)));
        }

        double bytes() {
            return (double) rows * columns * elementBytes;
        }
    }
}
