package sliderule

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// StateOf is the state that a status of CloudFormation means. A word that is not known is something under way: it is
// shown as it is, and nothing is done to such a stack.
func StateOf(status string) State {
	switch types.StackStatus(status) {
	case "", types.StackStatusDeleteComplete,
		types.StackStatusCreateFailed, types.StackStatusRollbackComplete, types.StackStatusRollbackFailed:
		return NotRunning
	case types.StackStatusDeleteInProgress, types.StackStatusRollbackInProgress, types.StackStatusDeleteFailed:
		return Destroying
	case types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusUpdateRollbackComplete,
		types.StackStatusUpdateFailed, types.StackStatusUpdateRollbackFailed,
		types.StackStatusImportComplete, types.StackStatusImportRollbackComplete, types.StackStatusImportRollbackFailed:
		return Running
	}
	return Deploying
}

// moving: CloudFormation is at work on the stack, and takes no update.
func moving(status types.StackStatus) bool {
	return StateOf(string(status)) == Deploying || strings.HasSuffix(string(status), "_IN_PROGRESS")
}

// spent: nothing comes of the stack any more but its deletion.
func spent(status types.StackStatus) bool {
	switch status {
	case types.StackStatusCreateFailed, types.StackStatusRollbackComplete, types.StackStatusRollbackFailed, types.StackStatusDeleteFailed:
		return true
	}
	return false
}

// wentWrong: the last operation did not go well, whether or not CloudFormation is still undoing it.
func wentWrong(status types.StackStatus) bool {
	return strings.Contains(string(status), "ROLLBACK") || strings.HasSuffix(string(status), "_FAILED")
}
