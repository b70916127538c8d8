package dev.pargo.gateway.replica;

import dev.pargo.proto.v1.DescribeRequest;
import io.grpc.MethodDescriptor;

/**
 * What the replicas of a stage have in common.
 *
 * @param title    the stage's name in sentences
 * @param tag      the stage's name in metrics
 * @param describe how its replicas describe themselves
 */
public record StageContract<D>(String title, String tag, MethodDescriptor<DescribeRequest, D> describe) {}
