package dev.pargo.gateway.toolcall;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the calls of tools out of one answer, piece by piece. Only what may still become a call is held back; what does not
 * become one is content, unchanged. White space before a call and after the last one belongs to it.
 *
 * <p>A call between tags may stand anywhere. One without tags stands where the answer begins, or after another one, because
 * elsewhere an object is more likely an example.
 */
public final class ToolCallReader {

    private final ToolCallRules rules;

    /** White space, and after it a part of an opening tag, or all of it if there is a candidate. */
    private final StringBuilder held = new StringBuilder();

    private @Nullable CallCandidate candidate;
    private boolean hasContent;
    private boolean afterCall;
    private int calls;

    public ToolCallReader(ToolCallRules rules) {
        this.rules = rules;
    }

    /**
     * A part of an answer.
     *
     * @param calls that are complete with this part
     */
    public record Read(String content, List<WrittenCall> calls) {

        /** This part and the next one. */
        public Read plus(Read next) {
            return new Read(
                    content + next.content,
                    Stream.concat(calls.stream(), next.calls.stream()).toList());
        }
    }

    /** Calls so far. */
    public int calls() {
        return calls;
    }

    /** Reads the next piece of the answer. */
    public Read read(String piece) {
        if (rules.tools().isEmpty()) {
            return new Read(piece, List.of());
        }
        StringBuilder content = new StringBuilder();
        List<WrittenCall> found = new ArrayList<>();
        String rest = piece;
        while (!rest.isEmpty()) {
            rest = candidate == null ? search(rest, content) : follow(candidate, rest, content, found);
        }
        return new Read(content.toString(), found);
    }

    /** Reads the end of the answer: whatever is held back. */
    public Read end() {
        StringBuilder content = new StringBuilder();
        List<WrittenCall> found = new ArrayList<>();
        if (candidate == null) {
            boolean ofCall = afterCall && held.toString().isBlank();
            send(ofCall ? 0 : held.length(), content);
        } else if (candidate.endAnswer() == CallCandidate.State.CALL) {
            found(candidate, found);
        } else {
            held.append(candidate.text());
            send(held.length(), content);
        }
        return new Read(content.toString(), found);
    }

    /** Looks for the next call. Returns the text after its opening, or nothing. */
    private String search(String text, StringBuilder content) {
        held.append(text);
        int call = rules.hasTags() ? held.indexOf(rules.form().getOpening()) : bareCall();
        if (call < 0) {
            send(beforeHeld(), content);
            return "";
        }
        int start = call + rules.form().getOpening().length();
        String rest = held.substring(start);
        held.setLength(start);
        send(beforeSpace(call), content);
        candidate = new CallCandidate(rules);
        return rest;
    }

    /** Goes on with a call that has begun. Returns the text that is still to be read. */
    private String follow(CallCandidate begun, String text, StringBuilder content, List<WrittenCall> found) {
        switch (begun.add(text)) {
            case OPEN -> {
                return "";
            }
            case CALL -> {
                found(begun, found);
                return begun.rest();
            }
            default -> {
                send(held.length(), content);
                hasContent = true;
                candidate = null;
                return begun.text();
            }
        }
    }

    private void found(CallCandidate call, List<WrittenCall> found) {
        if (rules.parallel() || calls == 0) {
            found.add(call.call());
            calls++;
        }
        held.setLength(0);
        candidate = null;
        afterCall = true;
    }

    /** Moves text that is no part of a call. */
    private void send(int length, StringBuilder content) {
        if (length > 0) {
            content.append(held, 0, length);
            held.delete(0, length);
            hasContent = true;
            afterCall = false;
        }
    }

    /** Where a call without tags begins; -1 for nowhere. */
    private int bareCall() {
        int text = 0;
        while (text < held.length() && Character.isWhitespace(held.charAt(text))) {
            text++;
        }
        return !hasContent && text < held.length() && held.charAt(text) == '{' ? text : -1;
    }

    /** Length of the text before what may become the opening of a call. */
    private int beforeHeld() {
        if (!rules.hasTags()) {
            return hasContent ? held.length() : beforeSpace(held.length());
        }
        String opening = rules.form().getOpening();
        int at = Math.max(0, held.length() - opening.length() + 1);
        while (!opening.startsWith(held.substring(at))) {
            at++;
        }
        return beforeSpace(at);
    }

    private int beforeSpace(int end) {
        int text = end;
        while (text > 0 && Character.isWhitespace(held.charAt(text - 1))) {
            text--;
        }
        return text;
    }
}
