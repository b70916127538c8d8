package dev.pargo.service.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureLineTest {

    @Test
    void aTracebackIsItsFirstAndLastLine() {
        RuntimeException failure = new IllegalStateException("""
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript (most recent call last):
                  File "code/__torch__.py", line 227, in embed
                RuntimeError: index out of range in self

                """);

        assertThat(FailureLine.of(failure))
                .isEqualTo("java.lang.IllegalStateException: The following operation failed in the TorchScript"
                        + " interpreter. RuntimeError: index out of range in self");
    }

    @Test
    void aSingleLineStaysAsItIs() {
        assertThat(FailureLine.of(new IllegalStateException("closed")))
                .isEqualTo("java.lang.IllegalStateException: closed");
    }
}
