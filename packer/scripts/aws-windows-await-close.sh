#!/bin/sh
# Runs on the worker, last of all: gives the task of aws-windows-close-winrm.ps1 its time before Packer stops the machine.
sleep 90
