-- SPDX-License-Identifier: GPL-2.0
select name, count(*) from customer group by name order by 2 desc, 1 limit 5;
