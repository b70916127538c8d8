package dev.pargo.llm.engine;

import dev.pargo.models.llm.Step;

/**
 * Rows of a sequence in the next step: the last token, then drafts of the tokens that follow it.
 *
 * @param address address of the first in the sequence
 */
record SequenceRows(BlockTable table, int address, int[] ids) {

    /** Address after the last row. */
    int end() {
        return address + ids.length;
    }

    /** The rows for the network. The table must have been {@linkplain BlockTable#prepare prepared}. */
    Step.Tokens tokens(int positionShift, int adapter) {
        return new Step.Tokens(table.pages(), address, positionShift, ids, adapter);
    }
}
