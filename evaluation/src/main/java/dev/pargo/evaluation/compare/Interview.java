package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.ChatAnswer;
import dev.pargo.evaluation.client.ChatException;
import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.PatientChat;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.client.StageTimes;
import dev.pargo.evaluation.client.TokenUsage;
import dev.pargo.evaluation.question.Match;
import dev.pargo.evaluation.question.OwnQuestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks every candidate every question, one request at a time, so that times can be compared. The candidate that is
 * asked first changes with each question, so that caches help all of them equally.
 *
 * @param match    how answers are compared if a question does not say
 * @param progress called after every answer
 */
record Interview(
        PatientChat chat,
        List<Candidate> candidates,
        Map<String, JsonNode> parameters,
        Match match,
        Runnable progress) {

    /** @throws IOException if the endpoint is no longer reachable */
    Comparison ask(List<OwnQuestion> questions) throws IOException {
        List<Comparison.Row> rows = new ArrayList<>();
        for (OwnQuestion question : questions) {
            @Nullable String picture = question.image() == null ? null : PictureDataUrl.of(question.image());
            CandidateAnswer[] replies = new CandidateAnswer[candidates.size()];
            for (int turn = 0; turn < replies.length; turn++) {
                int candidate = (rows.size() + turn) % replies.length;
                replies[candidate] = ask(candidates.get(candidate), question, picture);
                progress.run();
            }
            rows.add(new Comparison.Row(question, Arrays.asList(replies)));
        }
        return new Comparison(candidates, rows);
    }

    private CandidateAnswer ask(Candidate candidate, OwnQuestion question, @Nullable String picture)
            throws IOException {
        long start = System.nanoTime();
        try {
            ChatAnswer answer = chat.complete(new ChatRequest(candidate.name(), picture, question.text(), parameters));
            double seen = (System.nanoTime() - start) / 1e6;
            return new CandidateAnswer(
                    answer.text(),
                    true,
                    isRight(question, answer.text()),
                    answer.usage(),
                    answer.times().map(StageTimes::firstTokenMs).orElse(0.0),
                    answer.times().map(StageTimes::totalMs).orElse(seen));
        } catch (ChatException refusal) {
            return new CandidateAnswer(
                    refusal.getMessage(), false, isRight(question, ""), new TokenUsage(0, 0, 0, 0), 0, 0);
        }
    }

    private @Nullable Boolean isRight(OwnQuestion question, String answer) {
        return question.expected().isEmpty() ? null : question.isRight(answer, match);
    }
}
