package dev.pargo.evaluation.bench.gateway;

import io.grpc.stub.StreamObserver;

/** Reads a request to its end and then answers it. */
final class AtTheEnd<Q> implements StreamObserver<Q> {

    private final StreamObserver<?> response;
    private final Runnable answer;

    /** @param answer sends all messages of the answer */
    AtTheEnd(StreamObserver<?> response, Runnable answer) {
        this.response = response;
        this.answer = answer;
    }

    @Override
    public void onNext(Q part) {}

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
        answer.run();
        response.onCompleted();
    }
}
