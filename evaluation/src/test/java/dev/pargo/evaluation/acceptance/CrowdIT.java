package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedStack.class)
class CrowdIT {

    private static final int CROWD = 200;

    @Test
    void everyoneIsAnsweredOrToldToComeBack(RunningStack stack) throws IOException {
        GatewayClient gateway = new GatewayClient(stack.url());
        List<KnownAnswer> examples = KnownAnswer.all().stream()
                .filter(example -> example.answerTokens() < 10)
                .toList();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            replies.add(gateway.completeLater(Chat.of(examples.get(i % examples.size()))));
        }

        int answered = 0;
        for (int i = 0; i < CROWD; i++) {
            Reply reply = replies.get(i).join();
            if (reply.status() == 200) {
                answered++;
                assertThat(reply.answer())
                        .isEqualTo(examples.get(i % examples.size()).answer());
            } else {
                Refusal.retryable(reply, reply.status() == 503 ? 503 : 429);
            }
        }
        assertThat(answered).isGreaterThanOrEqualTo(CROWD / 4);
        for (ServiceKind stage : List.of(ServiceKind.ENCODER, ServiceKind.PROJECTOR, ServiceKind.LLM)) {
            assertThat(stack.service(stage).metric("pargo.stage.admitted")).isZero();
        }
    }
}
