package dev.pargo.clients.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/** Spring AI's client for OpenAI, set up by its starter. The same for both versions. */
class SpringAiTest {

    @EnableAutoConfiguration
    static class Application {}

    private static final String URL = System.getenv("PARGO_URL");
    private static final String HASTY_URL = System.getenv("PARGO_HASTY_URL");
    private static final Media VERY = Media.builder()
            .mimeType(MimeTypeUtils.IMAGE_PNG)
            .data(new FileSystemResource(Path.of(System.getenv("PARGO_PICTURE"))))
            .build();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String QUESTION = "What does the text say?";

    private final List<ConfigurableApplicationContext> applications = new ArrayList<>();

    @AfterEach
    void close() {
        applications.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void asksAboutAPicture() {
        ChatResponse answer = model().call(asked(1));

        assertThat(text(answer)).isEqualTo("VERY");
        assertThat(answer.getResult().getMetadata().getFinishReason()).isEqualToIgnoringCase("stop");
        assertThat(answer.getMetadata().getUsage().getPromptTokens()).isGreaterThan(80);
    }

    @Test
    void asksAboutSeveralPictures() {
        int one = promptTokens(model().call(asked(1)));

        assertThat(promptTokens(model().call(asked(2)))).isGreaterThan(one + 50);
    }

    @Test
    void goesOnWithAConversation() {
        ChatResponse answer = model().call(new Prompt(List.<Message>of(
                new SystemMessage("Be brief."), question(1), new AssistantMessage("VERY"), question(1))));

        assertThat(text(answer)).isNotBlank();
        assertThat(promptTokens(answer)).isGreaterThan(160);
    }

    @Test
    void readsAStreamWithUsage() {
        List<ChatResponse> pieces = model(option("stream-options.include-usage", true), option("stream-usage", true))
                .stream(asked(1))
                .collectList()
                .block(TIMEOUT);

        assertThat(String.join("", pieces.stream().map(SpringAiTest::text).toList())).isEqualTo("VERY");
        assertThat(pieces.get(pieces.size() - 1).getMetadata().getUsage().getTotalTokens())
                .isGreaterThan(80);
    }

    @Test
    void cancelsAStream() {
        assertThat(endless(URL).stream(asked(1)).take(2).collectList().block(TIMEOUT)).hasSize(2);
    }

    @Test
    void drawsSeveralAnswersByASeed() {
        ChatModel drawing =
                model(option("n", 3), option("seed", 5), option("temperature", 1.5), option("max-tokens", 6));

        List<String> drawn = texts(drawing.call(asked(1)));

        assertThat(drawn).hasSize(3).isEqualTo(texts(drawing.call(asked(1))));
    }

    @Test
    void stopsBeforeAString() {
        assertThat(text(model(option("stop", "R")).call(asked(1)))).isEqualTo("VE");
    }

    @Test
    void givesLogProbabilitiesAsFarAsThisVersionDoes() {
        ChatResponse answer = model(option("logprobs", true), option("top-logprobs", 2)).call(asked(1));

        assertThat(text(answer)).isEqualTo("VERY");
        assertThat(answer.getResult().getMetadata().containsKey("logprobs"))
                .isEqualTo(setting("logprobs").equals("true"));
    }

    @Test
    void getsWhatASchemaSays() {
        Read read = ChatClient.create(model(option("max-tokens", 200)))
                .prompt()
                .advisors(AdvisorParams.ENABLE_NATIVE_STRUCTURED_OUTPUT)
                .user(user -> user.text(QUESTION).media(VERY))
                .call()
                .entity(Read.class);

        assertThat(read.size()).isNotNull();
    }

    enum Size {
        SMALL,
        LARGE
    }

    record Read(Size size, boolean upright) {}

    @Test
    void raisesItsOwnErrors() {
        assertThatThrownBy(() -> model(option("temperature", 9)).call(asked(1)))
                .hasMessageContaining("temperature must be between 0 and 2")
                .extracting(failure -> failure.getClass().getName())
                .isEqualTo(setting("bad-request"));
        assertThatThrownBy(() -> model(option("model", "none")).call(asked(1)))
                .hasMessageContaining("no such model")
                .extracting(failure -> failure.getClass().getName())
                .isEqualTo(setting("not-found"));
    }

    @Test
    void raisesAnErrorWhereAStreamBreaksOff() {
        assertThat(catchThrowable(() -> endless(HASTY_URL).stream("Hm?").blockLast(TIMEOUT)))
                .isNotNull()
                .isNotInstanceOf(IllegalStateException.class);
    }

    private static Prompt asked(int pictures) {
        return new Prompt(List.<Message>of(question(pictures)));
    }

    private static UserMessage question(int pictures) {
        return UserMessage.builder()
                .text(QUESTION)
                .media(IntStream.range(0, pictures).mapToObj(i -> VERY).toList())
                .build();
    }

    private ChatModel model(String... options) {
        return at(URL, options);
    }

    /** Writes until it is cut: its end token is forbidden. */
    private ChatModel endless(String url) {
        return at(url, option("logit-bias.2", -100), option("max-tokens", 400));
    }

    private ChatModel at(String url, String... options) {
        String[] all = Stream.concat(
                        Stream.of(
                                "--spring.ai.openai.base-url=" + url + "/v1",
                                "--spring.ai.openai.api-key=none",
                                option("model", "pargo-mini")),
                        Arrays.stream(options))
                .toArray(String[]::new);
        ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(all);
        applications.add(application);
        return application.getBean(ChatModel.class);
    }

    /** What this version of the library does. */
    private String setting(String name) {
        return applications.get(0).getEnvironment().getRequiredProperty("client." + name);
    }

    private static String option(String name, Object value) {
        return "--spring.ai.openai.chat.options.%s=%s".formatted(name, value);
    }

    private static String text(ChatResponse answer) {
        return answer.getResult() == null || answer.getResult().getOutput().getText() == null
                ? ""
                : answer.getResult().getOutput().getText();
    }

    private static List<String> texts(ChatResponse answer) {
        return answer.getResults().stream()
                .map(each -> each.getOutput().getText())
                .toList();
    }

    private static int promptTokens(ChatResponse answer) {
        return answer.getMetadata().getUsage().getPromptTokens();
    }
}
