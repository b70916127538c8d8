package dev.pargo.gateway.replica;

import dev.pargo.proto.v1.DescribeRequest;
import io.grpc.MethodDescriptor;

/**
 * What the replicas of a stage have in common.
 *
 * @param title    the stage's name in sentences
 * @param describe how its replicas describe themselves
 */
public record StageContract<D>(String title, MethodDescriptor<DescribeRequest, D> describe) {}
